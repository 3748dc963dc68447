import { describe, expect, test } from '@jest/globals';
import { meanDiceOf } from '../../domain/agreement.ts';
import { createExemplarSet } from '../exemplars/createExemplarSet.ts';
import { bar, ExemplarBench } from '../exemplars/fixtures/exemplarBench.ts';
import { exemplarJudge } from './exemplarJudge.ts';

const always = new AbortController().signal;
const QUERY = { studyInstanceUID: '1.2', seriesInstanceUID: '1.9' };

/** Cases of these lengths; the bench finds in every series what the first case that it is shown has. */
async function judged(...lengths: readonly number[]) {
  const bench = new ExemplarBench();
  bench.addSeries('1.9');
  const cases = lengths.map((length, n) => {
    bench.addSeries(`1.${n + 1}`);
    return {
      kind: 'workspace',
      segmentationId: bench.segment(`1.${n + 1}`, ['Bar', bar(0, length)]),
    } as const;
  });
  const request = { title: 'Bars', modelId: 'default', cases, labels: undefined };
  const { id } = await createExemplarSet(request, bench.exemplars, always);
  return { bench, judge: await exemplarJudge(id, bench.exemplars) };
}

describe('the answers by parts of an exemplar set', () => {
  test('agree wholly where the cases show the same, and as far as they do where not', async () => {
    for (const [lengths, dice] of [
      [[4, 4, 4], 1],
      // Without the first case the second is shown first: 2·2/(4+2), and twice the same.
      [[4, 2, 4], (2 * (4 / 6) + 1) / 3],
    ] as const) {
      const { judge } = await judged(...lengths);
      const [agreement] = await judge.agreements(QUERY, always, () => undefined);
      expect(agreement).toMatchObject({ among: 'parts', answers: 3 });
      expect(meanDiceOf(agreement!)).toBeCloseTo(dice, 12);
    }
  });

  test('are each of all cases but some; of many there are four', async () => {
    const { bench, judge } = await judged(1, 2, 3, 4, 5, 6);
    await judge.agreements(QUERY, always, () => undefined);
    expect(bench.shown.map(cases => cases.length)).toEqual([4, 4, 5, 5]);
    expect(judge.known.as).toBe('example');
    expect(judge.known.series.map(({ seriesInstanceUID }) => seriesInstanceUID)).toEqual([
      ...['1.1', '1.2', '1.3', '1.4', '1.5', '1.6'],
    ]);
  });

  test('cannot be compared of a single case', async () => {
    await expect(judged(4)).rejects.toThrow('unsuitable-cases');
  });
});
