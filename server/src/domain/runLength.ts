import type { Vector3 } from './affine.ts';
import { atOnce } from './atOnce.ts';
import { boxSize, boxVoxelCount, type IndexBox } from './indexBox.ts';
import { fillOnes } from './fillOnes.ts';
import type { Mask } from './mask.ts';
import { slicesATurn, VOXELS_A_TURN } from './maskSlices.ts';
import { RunFinder } from './runFinder.ts';

/** Of an integer below 2 ** 53. */
const MOST_BYTES_OF_A_NUMBER = 8;

/** A mask in few bytes, and what else one look at its voxels tells. */
export interface EncodedMask {
  readonly runLength: Uint8Array;
  /** Of the voxels of each slice of the mask's box. */
  readonly sliceCounts: readonly number[];
}

/**
 * Compact bytes of a mask: unsigned LEB128 numbers: shape (3), low corner of the box (3), its size (3), then
 * the lengths of the runs of 0 and 1 in turn, beginning with 0.
 */
export function encodeRunLengths(mask: Mask): Uint8Array {
  return atOnce(encodeMask(mask)).runLength;
}

/** The same. Yields every few slices, so that others get a turn. */
export function* encodeMask(mask: Mask): Generator<undefined, EncodedMask> {
  const [columns, rows, slices] = boxSize(mask.box);
  const bytes = new VarintWriter();
  for (const number of [...mask.shapeIjk, ...mask.box.minIjk, columns, rows, slices]) bytes.add(number);
  const runs = new RunFinder(mask.voxels);
  const sliceCounts: number[] = [];
  let isInside = false;
  let length = 0;
  for (let k = 0, at = 0; k < slices; k++) {
    if (k > 0 && k % slicesATurn(mask) === 0) yield;
    const end = at + rows * columns;
    let count = 0;
    while (at < end) {
      const next = runs.endOf(isInside, at, end);
      if (isInside) count += next - at;
      length += next - at;
      at = next;
      if (at === end) break;
      bytes.add(length);
      isInside = !isInside;
      length = 0;
    }
    sliceCounts.push(count);
  }
  if (mask.voxels.length > 0) bytes.add(length);
  return { runLength: bytes.written(), sliceCounts };
}

/** @throws RangeError when the bytes are not such a mask. */
export function decodeRunLengths(bytes: Uint8Array): Mask {
  return atOnce(decodeMask(bytes));
}

/** The same. Yields now and then, so that others get a turn. @throws RangeError */
export function* decodeMask(bytes: Uint8Array): Generator<undefined, Mask> {
  const numbers = new Varints(bytes);
  const header = Array.from({ length: 9 }, () => numbers.next());
  const [i, j, k, minI, minJ, minK, columns, rows, slices] = header;
  if (slices === undefined) throw new RangeError('run-length mask ends in its header');
  const vector = (x = 0, y = 0, z = 0): Vector3 => [x, y, z];
  const minIjk = vector(minI, minJ, minK);
  const size = vector(columns, rows, slices);
  const box: IndexBox = {
    minIjk,
    maxIjk: [minIjk[0] + size[0], minIjk[1] + size[1], minIjk[2] + size[2]],
  };
  const shapeIjk = vector(i, j, k);
  if (box.maxIjk.some((high, axis) => high > (shapeIjk[axis] ?? 0))) {
    throw new RangeError('box of the run-length mask leaves its volume');
  }
  const total = boxVoxelCount(box);
  // Looked through before room is taken, and not kept as numbers: of a whole body there are millions.
  if (numbers.sumOfRest() !== total) throw new RangeError('runs do not fill the box of the run-length mask');
  const voxels = new Uint8Array(total);
  for (let at = 0, value = 0, turnEnd = VOXELS_A_TURN; ; value = 1 - value) {
    const length = numbers.next();
    if (length === undefined) return { shapeIjk, box, voxels };
    if (value === 1) fillOnes(voxels, at, at + length);
    at += length;
    if (at < turnEnd) continue;
    turnEnd = at + VOXELS_A_TURN;
    if (at < total) yield;
  }
}

/** Unsigned LEB128 numbers, written one after the other. */
class VarintWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  add(number: number): void {
    if (this.#length + MOST_BYTES_OF_A_NUMBER > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    let rest = number;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Unsigned LEB128 numbers, read one after the other. */
class Varints {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Undefined at the end. @throws RangeError when the bytes end within a number */
  next(): number | undefined {
    const { bytes } = this;
    if (this.#at === bytes.length) return undefined;
    let number = 0;
    for (let factor = 1; this.#at < bytes.length; factor *= 0x80) {
      const byte = bytes[this.#at++]!;
      number += (byte % 0x80) * factor;
      if (byte < 0x80) return number;
    }
    throw new RangeError('run-length mask ends within a number');
  }

  /** Of what follows, which can still be read. @throws RangeError when the bytes end within a number */
  sumOfRest(): number {
    const start = this.#at;
    let sum = 0;
    for (let number = this.next(); number !== undefined; number = this.next()) sum += number;
    this.#at = start;
    return sum;
  }
}
