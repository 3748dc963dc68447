import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ThreadedDecoder } from '../../server/src/adapters/dicom/threadedDecoder.ts';
import { testDataFolder } from '../data/testData.ts';
import { mutated } from './mutation.ts';
import { archiveTarget, attack, decoderTarget, multipartTarget, type HostileTarget } from './targets.ts';

const RUNS = 300;
if (!testDataFolder()) console.log('SKIPPED: damaged real files: TOMOCLICK_TEST_DATA is not found');

let decoder: ThreadedDecoder;
beforeAll(() => {
  decoder = new ThreadedDecoder();
});
afterAll(() => decoder.close());

async function attackOften(target: HostileTarget): Promise<void> {
  const outcomes = { read: 0, refused: 0 };
  const cases = fc.tuple(fc.nat(target.samples.length - 1), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
  await fc.assert(
    fc.asyncProperty(cases, async ([sampleIndex, seed]) => {
      outcomes[await attack(target, sampleIndex, seed)]++;
    }),
    { numRuns: RUNS },
  );
  // Damage that is always or never noticed would test nothing.
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(0);
}

describe('damaged input is read or refused, and nothing else, by', () => {
  test('the Part 10 reader of the archive', () => attackOften(archiveTarget()), 60_000);
  test('the image decoder', () => attackOften(decoderTarget(decoder)), 120_000);
  test('the multipart reader', async () => attackOften(await multipartTarget()), 60_000);
});

test('damage is the same for the same seed, and another for another', () => {
  const bytes = Buffer.alloc(5000, 'some bytes');
  expect(mutated(bytes, 7).equals(mutated(bytes, 7))).toBe(true);
  expect(mutated(bytes, 7).equals(mutated(bytes, 8))).toBe(false);
  expect(bytes.equals(Buffer.alloc(5000, 'some bytes'))).toBe(true);
});
