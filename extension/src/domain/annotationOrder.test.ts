import { describe, expect, test } from '@jest/globals';
import type {
  AnnotationRankingContract,
  ExemplarSetContract,
  RankedSeriesContract,
  TaskContract,
} from '@tomoclick/server/contract';
import { candidatesFor, subjectsOf, suggestionFor } from './annotationOrder.ts';
import type { SeriesFacts } from './labelledCase.ts';

function task(id: string, changes: Partial<TaskContract> = {}): TaskContract {
  return {
    id,
    title: id,
    state: 'promoted',
    isRunnable: true,
    modalities: ['CT'],
    ...changes,
  } as TaskContract;
}

function set(id: string, cases: number): ExemplarSetContract {
  return {
    id,
    title: id,
    modalities: ['MR'],
    cases: Array(cases).fill({}),
  } as unknown as ExemplarSetContract;
}

describe('what can be unsure', () => {
  test('is every task that can be run, and every set that has parts', () => {
    const tasks = [task('liver'), task('new', { state: 'candidate' }), task('old', { isRunnable: false })];
    const subjects = subjectsOf(tasks, [set('two', 2), set('one', 1)]);
    expect(subjects.map(({ origin }) => origin)).toEqual([
      { kind: 'task', taskId: 'liver' },
      { kind: 'exemplar-set', exemplarSetId: 'two' },
    ]);
  });

  test('is asked about series of its modalities', () => {
    const of = (modality: string) => ({
      ...{ studyInstanceUID: '1', seriesInstanceUID: modality },
      facts: { modality } as SeriesFacts,
    });
    const unknown = { studyInstanceUID: '1', seriesInstanceUID: '1.1', facts: null };
    const [liver] = subjectsOf([task('liver')], []);
    expect(candidatesFor(liver, [of('CT'), of('SEG'), unknown, of('MR')])).toEqual([of('CT')]);
    expect(candidatesFor(undefined, [of('CT')])).toEqual([]);
  });
});

describe('what the study list says', () => {
  const ranked = (
    studyInstanceUID: string,
    changes: Partial<RankedSeriesContract>,
  ): RankedSeriesContract => ({
    ...{ studyInstanceUID, seriesInstanceUID: '1', rank: null, score: null, reason: '', agreements: [] },
    outcome: 'compared',
    ...changes,
  });
  const ranking = {
    title: 'Liver',
    series: [
      ranked('a', { rank: 1, score: 0.5 }),
      ranked('b', { rank: 2, score: 0.254 }),
      ranked('a', { rank: 3, score: 0.1 }),
      ranked('c', { outcome: 'annotated' }),
      ranked('d', {}),
    ],
  } as unknown as AnnotationRankingContract;

  test('is of the study’s series that comes first', () => {
    expect(suggestionFor(ranking, 'a')).toEqual({ rank: 1, text: '1. Liver, 0.50' });
    expect(suggestionFor(ranking, 'b')).toEqual({ rank: 2, text: '2. Liver, 0.25' });
  });

  test('is no place where nothing is to be gained, and nothing where the study was not ranked', () => {
    expect(suggestionFor(ranking, 'c')).toEqual({ rank: undefined, text: 'annotated' });
    expect(suggestionFor(ranking, 'd')).toEqual({ rank: undefined, text: 'nothing found' });
    expect(suggestionFor(ranking, 'other')).toBeUndefined();
    expect(suggestionFor(null, 'a')).toBeUndefined();
  });
});
