import type { Vector3 } from './affine.ts';
import { boxSize, boxVoxelCount, type IndexBox } from './indexBox.ts';
import type { Mask } from './mask.ts';

/**
 * Compact bytes of a mask: unsigned LEB128 numbers: shape (3), low corner of the box (3), its size (3), then
 * the lengths of the runs of 0 and 1 in turn, beginning with 0.
 */
export function encodeRunLengths(mask: Mask): Uint8Array {
  const numbers: number[] = [...mask.shapeIjk, ...mask.box.minIjk, ...boxSize(mask.box)];
  const { voxels } = mask;
  let at = 0;
  for (let value = 0; at < voxels.length; value = 1 - value) {
    const next = voxels.indexOf(1 - value, at);
    const end = next < 0 ? voxels.length : next;
    numbers.push(end - at);
    at = end;
  }
  return encodeVarints(numbers);
}

/** @throws RangeError when the bytes are not such a mask. */
export function decodeRunLengths(bytes: Uint8Array): Mask {
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
  for (let at = 0, value = 0; ; value = 1 - value) {
    const length = numbers.next();
    if (length === undefined) return { shapeIjk, box, voxels };
    if (value === 1) voxels.fill(1, at, at + length);
    at += length;
  }
}

function encodeVarints(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let number of numbers) {
    while (number >= 0x80) {
      bytes.push((number % 0x80) + 0x80);
      number = Math.floor(number / 0x80);
    }
    bytes.push(number);
  }
  return Uint8Array.from(bytes);
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
