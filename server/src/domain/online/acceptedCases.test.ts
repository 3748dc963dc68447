import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fusionOf, MOST_CASES, weightsOf, withCase, type AcceptedCase } from './acceptedCases.ts';
import { ballCase } from './fixtures/ballCase.ts';
import { fusedLogits, LARGEST_CORRECTION } from './fusedLogits.ts';
import { HIDDEN_LAYER } from './hiddenLayer.ts';
import type { Opening } from './openingFeatures.ts';

const numbers = z.array(z.number());
// What the training code computes for the same input: it has measured what this is good for.
const vectors = z
  .object({
    tolerance: z.number(),
    cases: z.array(
      z.object({
        edge: z.int(),
        seeds: z.object({ logits: z.int(), image: z.array(z.int()), accepted: z.int() }),
        scales: z.object({ logits: z.number(), image: z.number() }),
        spacingMm: z.number(),
        included: z.array(z.tuple([z.number(), z.number(), z.number()])),
      }),
    ),
    ...{ weights: numbers, frozen: numbers, fused: z.array(numbers), logits: numbers },
    ...{ patients: z.array(z.string()), fusedByPatient: z.array(numbers) },
    ...{ firstWeights: numbers, lastBias: z.number() },
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../../models/tests/vectors/online.json', import.meta.url), 'utf8'),
    ),
  );

/** The generator of models/tests/test_normalisation.py. */
function generatedCube(seed: number, edge: number, scale: number): number[] {
  let state = seed;
  return Array.from({ length: edge ** 3 }, () => {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 2n ** 32n);
    return ((Math.floor(state / 2 ** 16) % 2000) - 1000) * scale;
  });
}

function vectorCase({ edge, seeds, scales, spacingMm, included }: (typeof vectors.cases)[number]): {
  opening: Opening;
  accepted: Uint8Array;
} {
  const image = Float32Array.from(seeds.image.flatMap(seed => generatedCube(seed, edge, scales.image)));
  const logits = Float32Array.from(generatedCube(seeds.logits, edge, scales.logits));
  const accepted = Uint8Array.from(generatedCube(seeds.accepted, edge, 1), value => (value > 0 ? 1 : 0));
  return { opening: { edge, spacingMm, logits, image, includedIjk: included }, accepted };
}

function worst(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? NaN))), 0);
}

/** A case of a patient of its own. */
function ofOwn(key: string): Pick<AcceptedCase, 'key' | 'patient'> {
  return { key, patient: key };
}

function learned(count: number): readonly AcceptedCase[] {
  let cases: readonly AcceptedCase[] = [];
  for (let n = 0; n < count; n++) {
    const { opening, truth } = ballCase(n, 7 + (n % 3));
    cases = withCase(cases, ofOwn(`case ${n}`), opening, truth);
  }
  return cases;
}

function dice(logits: Float32Array, truth: Uint8Array): number {
  let [both, total] = [0, 0];
  logits.forEach((logit, n) => {
    const answered = logit > 0 ? 1 : 0;
    both += answered * (truth[n] ?? 0);
    total += answered + (truth[n] ?? 0);
  });
  return (2 * both) / total;
}

describe('an auxiliary model learned from accepted cases', () => {
  test('has the numbers of the training code', () => {
    const { tolerance } = vectors;
    expect(worst(HIDDEN_LAYER.weights.subarray(0, 2), vectors.firstWeights)).toBeLessThan(tolerance);
    expect(worst(HIDDEN_LAYER.biases.subarray(-1), [vectors.lastBias])).toBeLessThan(tolerance);
    const made = vectors.cases.map(vectorCase);
    const cases = made.reduce<readonly AcceptedCase[]>(
      (known, { opening, accepted }, n) => withCase(known, ofOwn(`${n}`), opening, accepted),
      [],
    );
    const weights = weightsOf(cases);
    expect(worst(weights, vectors.weights)).toBeLessThan(tolerance);
    const held = cases.flatMap(({ heldBack }) => heldBack ?? []);
    expect(worst(held.map(one => one.frozen), vectors.frozen)).toBeLessThan(tolerance); // prettier-ignore
    expect(worst(held.flatMap(one => one.fused), vectors.fused.flat())).toBeLessThan(tolerance); // prettier-ignore
    const [first] = made;
    if (!first) throw new Error('there is no vector');
    expect(worst(fusedLogits(first.opening, weights, 1), vectors.logits)).toBeLessThan(tolerance);
  });

  test('judges a case by what other patients have taught, as the training code does', () => {
    const cases = vectors.cases
      .map(vectorCase)
      .reduce<readonly AcceptedCase[]>(
        (known, { opening, accepted }, n) =>
          withCase(known, { key: `${n}`, patient: vectors.patients[n]! }, opening, accepted),
        [],
      );
    expect(worst(weightsOf(cases), vectors.weights)).toBeLessThan(vectors.tolerance);
    const fused = cases.flatMap(({ heldBack }) => heldBack?.fused ?? []);
    expect(worst(fused, vectors.fusedByPatient.flat())).toBeLessThan(vectors.tolerance);
  });

  test('says nothing that one patient alone has taught', () => {
    const ofOne = [0, 1, 2, 3].reduce<readonly AcceptedCase[]>((known, n) => {
      const { opening, truth } = ballCase(n, 7 + (n % 3));
      return withCase(known, { key: `${n}`, patient: 'patient' }, opening, truth);
    }, []);
    expect(ofOne.map(({ heldBack }) => heldBack)).toEqual([undefined, undefined, undefined, undefined]);
    expect(fusionOf(ofOne)).toEqual({ kind: 'unproven' });
    const { opening, truth } = ballCase(4, 8);
    expect(fusionOf(withCase(ofOne, ofOwn('another'), opening, truth)).kind).toBe('fused');
  });

  test('answers better where it was always corrected alike', () => {
    const cases = learned(3);
    const fusion = fusionOf(cases);
    if (fusion.kind !== 'fused') throw new Error(fusion.kind);
    const { opening, truth } = ballCase(99, 8);
    const fused = fusedLogits(opening, weightsOf(cases), fusion.gain);
    expect(dice(fused, truth)).toBeGreaterThan(dice(opening.logits, truth) + 0.2);
  });

  test.each([0, 1])('says nothing after %i cases: none was held back', count => {
    expect(fusionOf(learned(count))).toEqual({ kind: 'unproven' });
  });

  test('says nothing any more once a wrong teacher has made it worse', () => {
    const { opening } = ballCase(50, 8);
    const elsewhere = ballCase(50, 3, 8).truth;
    const once = withCase(learned(3), ofOwn('wrong'), opening, elsewhere);
    const asAnswered = Uint8Array.from(opening.logits, logit => (logit > 0 ? 1 : 0));
    expect(fusionOf(withCase(once, ofOwn('wrong again'), opening, asAnswered))).toEqual({ kind: 'guarded' });
  });

  test('never moves a logit by more than its bound', () => {
    const { opening } = ballCase(99, 8);
    const huge = weightsOf(learned(2)).map(weight => weight * 1000);
    const moved = fusedLogits(opening, huge, 1).map((logit, n) => Math.abs(logit - (opening.logits[n] ?? 0)));
    expect(Math.max(...moved)).toBeGreaterThan(LARGEST_CORRECTION - 1e-3);
    expect(Math.max(...moved)).toBeLessThan(LARGEST_CORRECTION + 1e-3);
  });

  test('counts a case that is accepted again once', () => {
    const { opening, truth } = ballCase(1, 8);
    const again = withCase(learned(2), ofOwn('case 1'), opening, truth);
    expect(again.map(({ key }) => key)).toEqual(['case 0', 'case 1']);
    expect(worst(weightsOf(again), [...weightsOf(learned(2))])).toBeLessThan(1e-9);
  });

  test('forgets the oldest cases', () => {
    const keys = learned(MOST_CASES + 2).map(({ key }) => key);
    expect(keys).toHaveLength(MOST_CASES);
    expect(keys[0]).toBe('case 2');
  });
});
