import { ThreadedDecoder } from '../../server/src/adapters/dicom/threadedDecoder.ts';
import {
  archiveTarget,
  attack,
  decoderTarget,
  multipartTarget,
  type HostileTarget,
} from '../hostile/targets.ts';
import type { Measure } from './table.ts';

const CASES = 20_000;
/** So many at a time keep the decoding threads busy. */
const PARALLEL = 8;

/**
 * Damaged input for every parser: how much of it is refused, and the longest that one input took.
 * @throws Error that says how to repeat the first case that was neither read nor refused
 */
export async function hostileInputMeasures(): Promise<Measure[]> {
  const decoder = new ThreadedDecoder();
  try {
    const targets = [archiveTarget(), decoderTarget(decoder), await multipartTarget()];
    const measures: Measure[] = [];
    for (const target of targets) measures.push(...(await attackAll(target)));
    return measures;
  } finally {
    await decoder.close();
  }
}

async function attackAll(target: HostileTarget): Promise<Measure[]> {
  let [next, refused, slowestMs, slowestSeed] = [0, 0, 0, 0];
  const work = async (): Promise<void> => {
    while (next < CASES) {
      const seed = next++;
      const started = performance.now();
      if ((await attack(target, seed, seed)) === 'refused') refused++;
      const ms = performance.now() - started;
      if (ms > slowestMs) [slowestMs, slowestSeed] = [ms, seed];
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const { name } = target;
  return [
    { name: `${name}: damaged inputs`, value: CASES, unit: '', note: `${refused} refused, the others read` },
    { name: `${name}: slowest of them`, value: slowestMs, unit: 'ms', note: `seed ${slowestSeed}` },
  ];
}
