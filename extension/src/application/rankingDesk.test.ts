import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnnotationRankingContract, AnnotationRankingRequest } from '@tomoclick/server/contract';
import { RefusedByServer } from '../domain/failure.ts';
import type { SeriesFacts } from '../domain/labelledCase.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { MOST_CANDIDATES, RankingDesk } from './rankingDesk.ts';

const TASK = { id: 'liver', title: 'Liver', state: 'promoted', isRunnable: true, modalities: ['CT'] };
const factsOf = (studyInstanceUID: string) =>
  ({ patientName: `Patient ${studyInstanceUID}`, modality: 'CT' }) as SeriesFacts;
const seriesOf = (study: string) => ({
  ...{ studyInstanceUID: study, seriesInstanceUID: `${study}.1`, facts: factsOf(study) },
});

let requests: AnnotationRankingRequest[];
let ranking: AnnotationRankingContract | null;
let refusal: Error | undefined;
let studies: string[];
let desk: RankingDesk;

beforeEach(async () => {
  [requests, ranking, refusal, studies] = [[], null, undefined, ['1.1', '1.2']];
  const api = {
    tasks: () => Promise.resolve({ tasks: [TASK] }),
    exemplarSets: () => Promise.resolve({ exemplarSets: [] }),
    newestRanking: () => Promise.resolve(ranking),
    createRanking: (request: AnnotationRankingRequest) => {
      if (refusal) return Promise.reject(refusal);
      requests.push(request);
      const series = request.series.map(each => ({ ...each, rank: null, score: null, outcome: 'waiting' }));
      ranking = {
        id: 'new',
        title: 'Liver',
        state: { kind: 'queued' },
        series,
      } as unknown as AnnotationRankingContract;
      return Promise.resolve();
    },
  } as unknown as LearningApi;
  desk = new RankingDesk(api, {
    list: most => {
      const items = studies.slice(0, most).map(seriesOf);
      return Promise.resolve({ items, isAll: items.length === studies.length });
    },
    describe: ({ studyInstanceUID }) => Promise.resolve(factsOf(studyInstanceUID)),
  });
  await desk.prepare();
});

describe('asking which series to annotate next', () => {
  test('asks about all series of the modality, and shows them in the order of the answer, described', async () => {
    expect(desk.getState().subjectKey).toBe('task liver');
    await desk.begin();
    expect(requests).toEqual([
      {
        origin: { kind: 'task', taskId: 'liver' },
        series: [
          { studyInstanceUID: '1.1', seriesInstanceUID: '1.1.1' },
          { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.1' },
        ],
      },
    ]);
    expect(desk.getState().order).toMatchObject([
      { seriesInstanceUID: '1.1.1', outcome: 'waiting', facts: { patientName: 'Patient 1.1' } },
      { seriesInstanceUID: '1.2.1' },
    ]);
  });

  test('asks about those that were looked for', async () => {
    desk.find('patient 1.2');
    await desk.begin();
    expect(requests[0]?.series.map(({ studyInstanceUID }) => studyInstanceUID)).toEqual(['1.2']);
  });

  test('asks about no more than the server takes', async () => {
    studies = Array.from({ length: MOST_CANDIDATES + 1 }, (_, n) => `1.${n + 1}`);
    await desk.prepare();
    expect([desk.candidates().length, desk.getState().isAll]).toEqual([100, false]);
    await desk.showMore();
    await desk.showMore();
    expect(desk.getState()).toMatchObject({ mostStudies: 300, isAll: true });
    expect(desk.candidates()).toHaveLength(MOST_CANDIDATES + 1);
    await desk.begin();
    expect(requests[0]?.series).toHaveLength(MOST_CANDIDATES);
  });

  test('says why it was refused, until it is asked again', async () => {
    refusal = new RefusedByServer(503, 'overloaded', 'The server is busy', 'Others wait.');
    await desk.begin();
    await desk.refresh();
    await desk.prepare();
    expect(desk.getState()).toMatchObject({ isBusy: false, failure: { detail: 'Others wait.' } });
    refusal = undefined;
    await desk.begin();
    expect(desk.getState().failure).toBeNull();
  });
});
