import { describe, expect, test } from '@jest/globals';
import type { Agreement } from './agreement.ts';
import {
  annotationOrder,
  begun,
  cancelled,
  ended,
  scoreOf,
  withOutcome,
  type AnnotationRanking,
  type RankedOutcome,
} from './annotationRanking.ts';
import { rankingReason } from './rankingReason.ts';

function agreement(among: Agreement['among'], ...dice: readonly (number | null)[]): Agreement {
  return { among, answers: 7, perClass: dice.map((each, n) => ({ label: `class ${n}`, dice: each })) };
}

function compared(...agreements: readonly Agreement[]): RankedOutcome {
  return { kind: 'compared', agreements };
}

const WAITING: RankedOutcome = { kind: 'waiting' };

function ranking(...outcomes: readonly RankedOutcome[]): AnnotationRanking {
  return {
    ...{ id: 'r', scope: { tenant: 't', userGroup: 'g' }, createdAt: '2026-01-01T00:00:00.000Z' },
    ...{ origin: { kind: 'task', taskId: 'liver' }, title: 'Liver', labels: ['Liver'] },
    entries: outcomes.map((outcome, n) => ({
      series: { studyInstanceUID: '1', seriesInstanceUID: `${n}` },
      outcome,
    })),
    state: { kind: 'queued' },
  };
}

describe('the score of a series', () => {
  test('is 0 where all answers are alike, and grows as they differ', () => {
    expect(scoreOf(compared(agreement('copies', 1, 1)))).toBe(0);
    expect(scoreOf(compared(agreement('copies', 0.5, 1)))).toBeCloseTo(0.25, 12);
    expect(scoreOf(compared(agreement('copies', 0)))).toBe(1);
  });

  test('is of the answers that agree least, those of copies or those of versions', () => {
    const copies = agreement('copies', 0.9);
    expect(scoreOf(compared(copies, agreement('versions', 0.6)))).toBeCloseTo(0.4, 12);
    expect(scoreOf(compared(copies, agreement('versions', 0.95)))).toBeCloseTo(0.1, 12);
    expect(scoreOf(compared(copies, agreement('versions', null)))).toBeCloseTo(0.1, 12);
  });

  test('is unknown where nothing was found or compared', () => {
    expect(scoreOf(compared(agreement('copies', null)))).toBeNull();
    expect(scoreOf(WAITING)).toBeNull();
    expect(scoreOf({ kind: 'annotated', as: 'saved' })).toBeNull();
  });
});

describe('the order of annotation', () => {
  test('begins with the least sure, and ends with what is annotated', () => {
    const order = annotationOrder(
      ranking(
        { kind: 'annotated', as: 'saved' },
        { kind: 'left-out', code: 'series-not-found', detail: 'Gone.' },
        compared(agreement('copies', null)),
        compared(agreement('copies', 0.9)),
        WAITING,
        compared(agreement('copies', 0.2)),
        compared(agreement('copies', 0.9)),
      ),
    );
    expect(order.map(({ series, rank }) => [series.seriesInstanceUID, rank])).toEqual([
      ['5', 1],
      ['3', 2],
      ['6', 3],
      ['4', null],
      ['2', null],
      ['1', null],
      ['0', null],
    ]);
  });

  test('says why, in words', () => {
    expect(rankingReason(compared(agreement('copies', 0.714)))).toBe(
      'The model’s answers to 7 slightly changed copies agree to Dice 0.71.',
    );
    expect(rankingReason(compared(agreement('copies', 0.9, 0.5), agreement('versions', 0.8, 0.2)))).toBe(
      '7 versions of the task agree to Dice 0.50, least on class 1 (0.20).',
    );
    expect(rankingReason(compared(agreement('parts', null)))).toMatch(/^Nothing was found/);
    expect(rankingReason({ kind: 'annotated', as: 'learned-from' })).toMatch(/learned from it/);
    expect(rankingReason({ kind: 'left-out', code: 'series-not-found', detail: 'Gone.' })).toMatch(/Gone\.$/);
  });
});

describe('a ranking', () => {
  test('runs, also where it ran before, and keeps each outcome at its place', () => {
    const running = begun(begun(ranking(WAITING, WAITING)));
    const known = withOutcome(running, 1, { kind: 'annotated', as: 'example' });
    expect(known.entries.map(({ outcome }) => outcome.kind)).toEqual(['waiting', 'annotated']);
    expect(ended(known, { kind: 'done' }).state).toEqual({ kind: 'done' });
  });

  test('that has ended is not gone on with, and cancelling it changes nothing', () => {
    const given = cancelled(ranking(WAITING));
    expect(given.state).toEqual({ kind: 'cancelled' });
    for (const change of [begun, (one: AnnotationRanking) => withOutcome(one, 0, WAITING)]) {
      expect(() => change(given)).toThrow('wrong-state');
    }
    const done = ended(ranking(WAITING), { kind: 'done' });
    expect(cancelled(done)).toBe(done);
    expect(() => ended(given, { kind: 'done' })).toThrow('wrong-state');
  });
});
