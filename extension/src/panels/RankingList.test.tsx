import { describe, expect, test } from '@jest/globals';
import type { AnnotationRankingContract } from '@tomoclick/server/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import type { DescribedRank } from '../application/rankingDesk.ts';
import { RankingList } from './RankingList.tsx';

const order: readonly DescribedRank[] = [
  {
    ...{ studyInstanceUID: '1.1', seriesInstanceUID: '1.1.1', rank: 1, score: 0.294, outcome: 'compared' },
    ...{ reason: 'The model’s answers to 7 slightly changed copies agree to Dice 0.71.', agreements: [] },
    facts: {
      ...{ patientName: 'Doe, Jane', patientID: 'ID 1', birthDate: '', studyDate: '2026-01-02' },
      ...{ studyDescription: 'Abdomen', seriesDescription: 'Portal', modality: 'CT' },
    },
  },
  {
    ...{ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.1', rank: null, score: null, outcome: 'annotated' },
    ...{ reason: 'Its segmentation is saved already.', agreements: [], facts: null },
  },
];

function markup(state: AnnotationRankingContract['state']): string {
  const ranking = {
    title: 'Liver',
    state,
    progress: 0.5,
    series: order,
  } as unknown as AnnotationRankingContract;
  const nothing = (): void => undefined;
  return renderToStaticMarkup(
    <RankingList
      {...{ ranking, order, isBusy: false, onCancel: nothing, onForget: nothing }}
      addressOf={(study, series) => `/${study}/${series}`}
    />,
  );
}

describe('a ranking in the panel', () => {
  test('says of each series its place, how unsure, of whom, why, and opens it', () => {
    const text = markup({ kind: 'done' });
    expect(text).toContain('2 series ranked');
    for (const said of [
      'Doe, Jane · ID 1',
      'CT · Portal · Abdomen · 2026-01-02',
      '0.29',
      'agree to Dice 0.71.',
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain('href="/1.1/1.1.1"');
    const [, last] = text.split('<li').slice(1);
    expect(last).toContain('Its segmentation is saved already.');
    expect(last).not.toContain('<meter');
  });

  test('is cancelled while it runs, and forgotten once it has ended', () => {
    const running = markup({ kind: 'running' });
    expect(running).toContain('50 % of 2 series');
    expect(running).toContain('tomoclick-cancel-ranking');
    expect(running).not.toContain('tomoclick-forget-ranking');
    expect(markup({ kind: 'cancelled' })).toContain('tomoclick-forget-ranking');
  });

  test('that failed says why', () => {
    const text = markup({ kind: 'failed', code: 'archive-unreachable', detail: 'The archive is away.' });
    expect(text).toContain('The archive is away.');
  });
});
