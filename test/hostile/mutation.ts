import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';

/** 0 ≤ x < 1. */
export type Random = () => number;

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Lengths and counts that parsers stumble over. */
const EXTREMES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff];
/** Half of all damage is done here, where structure is: pixels are most of a file, and hardly matter. */
const HEAD_BYTES = 2048;

const MUTATIONS: readonly Mutation[] = [
  // A byte, or a bit of it.
  (bytes, random) => changed(bytes, random, (copy, at) => void (copy[at] = below(256, random))),
  (bytes, random) => changed(bytes, random, (copy, at) => void (copy[at]! ^= 1 << below(8, random))),
  // A number of 16 or 32 bits.
  (bytes, random) =>
    changed(bytes, random, (copy, at) =>
      copy.writeUInt16LE(oneOf(EXTREMES, random) & 0xffff, Math.max(0, at - 1)),
    ),
  (bytes, random) =>
    changed(bytes, random, (copy, at) => copy.writeUInt32LE(oneOf(EXTREMES, random), Math.max(0, at - 3))),
  // Cut short.
  (bytes, random) => bytes.subarray(0, placeIn(bytes, random)),
  // A piece taken out, doubled, moved over another, or made of zeros.
  (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    return changed(
      bytes,
      random,
      (copy, at) => void copy.set(bytes.subarray(start, Math.min(end, start + copy.length - at)), at),
    );
  },
  (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    return Buffer.from(bytes).fill(0, start, end);
  },
  // Noise put in.
  (bytes, random) => {
    const at = placeIn(bytes, random);
    const noise = Buffer.from(Array.from({ length: 1 + below(64, random) }, () => below(256, random)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
];

/** The bytes with one to four kinds of damage; the same for the same seed. */
export function mutated(bytes: Uint8Array, seed: number): Buffer {
  const random = seededRandom(seed);
  let result = Buffer.from(bytes);
  const count = 1 + below(4, random);
  for (let n = 0; n < count && result.length > 4; n++)
    result = Buffer.from(oneOf(MUTATIONS, random)(result, random));
  return result;
}

function changed(bytes: Buffer, random: Random, change: (copy: Buffer, at: number) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy, placeIn(bytes, random));
  return copy;
}

function placeIn(bytes: Buffer, random: Random): number {
  return below(random() < 0.5 ? Math.min(bytes.length, HEAD_BYTES) : bytes.length, random);
}

function pieceOf(bytes: Buffer, random: Random): [start: number, end: number] {
  const start = placeIn(bytes, random);
  return [start, Math.min(bytes.length, start + 1 + below(256, random))];
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function oneOf<Item>(items: readonly Item[], random: Random): Item {
  return items[below(items.length, random)]!;
}
