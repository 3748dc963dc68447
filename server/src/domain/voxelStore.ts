import type { StoredPixels } from './decodedSlice.ts';

/**
 * Address space taken ahead, since how many slices will come is not known: 1024 slices of 512×512 int16.
 * Pages that are never written cost no memory, so a series is held once, not twice while it is put in order.
 */
const RESERVED_BYTES = 512 * 1024 * 1024;
/** Up to these, 16-bit pixels times slope plus intercept stay within int32. */
const MAX_WHOLE_SLOPE = 2 ** 14;
const MAX_WHOLE_INTERCEPT = 2 ** 29;

/** Collects slices of equal size in modality units: int16 while every value is an integer in range, then float32. */
export class VoxelStore {
  readonly #voxelsPerSlice: number;
  #values: Int16Array | Float32Array;
  #sliceCount = 0;

  constructor(voxelsPerSlice: number, reservedBytes = RESERVED_BYTES) {
    this.#voxelsPerSlice = voxelsPerSlice;
    this.#values = new Int16Array(Math.max(Math.floor(reservedBytes / 2), voxelsPerSlice));
  }

  /** Puts `pixels × slope + intercept` behind the slices that are there. */
  add(pixels: StoredPixels, slope: number, intercept: number): void {
    const offset = this.#sliceCount * this.#voxelsPerSlice;
    if (offset + this.#voxelsPerSlice > this.#values.length) this.#moveTo(2 * this.#values.length);
    if (this.#values instanceof Int16Array && !writeInt16(this.#values, offset, pixels, slope, intercept)) {
      this.#values = toFloat32(this.#values, offset);
    }
    if (this.#values instanceof Float32Array) {
      writeFloat32(this.#values, offset, pixels, slope, intercept);
    }
    this.#sliceCount++;
  }

  /**
   * The voxels with slice `order[k]` (as added) at place k. The store is empty afterwards.
   * The result may be a view of a longer buffer: copy with `slice()`, never by `.buffer`.
   */
  takeInOrder(order: readonly number[]): Int16Array | Float32Array {
    const values = this.#values.subarray(0, this.#sliceCount * this.#voxelsPerSlice);
    permuteSlices(values, this.#voxelsPerSlice, order);
    this.#values = new Int16Array(0);
    this.#sliceCount = 0;
    return values;
  }

  #moveTo(length: number): void {
    const larger = this.#values instanceof Int16Array ? new Int16Array(length) : new Float32Array(length);
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** False when some value is not an integer in int16 range; what was written is then to be overwritten. */
function writeInt16(
  target: Int16Array,
  offset: number,
  pixels: StoredPixels,
  slope: number,
  intercept: number,
): boolean {
  const isWhole = Number.isInteger(slope) && Number.isInteger(intercept);
  if (!isWhole || Math.abs(slope) > MAX_WHOLE_SLOPE || Math.abs(intercept) > MAX_WHOLE_INTERCEPT)
    return false;
  if (slope === 1 && intercept === 0 && !(pixels instanceof Uint16Array)) {
    target.set(pixels, offset);
    return true;
  }
  const written = target.subarray(offset, offset + pixels.length);
  const [factor, summand] = [slope | 0, intercept | 0];
  let lost = 0;
  for (let index = 0; index < written.length; index++) {
    const value = (Math.imul(pixels[index]!, factor) + summand) | 0;
    // Bits that int16 does not keep.
    lost |= value ^ ((value << 16) >> 16);
    written[index] = value;
  }
  return lost === 0;
}

function writeFloat32(
  target: Float32Array,
  offset: number,
  pixels: StoredPixels,
  slope: number,
  intercept: number,
): void {
  for (let index = 0; index < pixels.length; index++) {
    target[offset + index] = pixels[index]! * slope + intercept;
  }
}

function toFloat32(values: Int16Array, usedLength: number): Float32Array {
  const floats = new Float32Array(values.length);
  floats.set(values.subarray(0, usedLength));
  return floats;
}

/** In place, cycle by cycle, with room for one slice. */
function permuteSlices(
  values: Int16Array | Float32Array,
  voxelsPerSlice: number,
  order: readonly number[],
): void {
  const move = (to: number, from: number): void => {
    values.copyWithin(to * voxelsPerSlice, from * voxelsPerSlice, (from + 1) * voxelsPerSlice);
  };
  const placed = new Uint8Array(order.length);
  for (let start = 0; start < order.length; start++) {
    if (placed[start] || order[start] === start) continue;
    const first = values.slice(start * voxelsPerSlice, (start + 1) * voxelsPerSlice);
    let place = start;
    for (let from = order[place]!; from !== start; from = order[place]!) {
      move(place, from);
      placed[place] = 1;
      place = from;
    }
    values.set(first, place * voxelsPerSlice);
    placed[place] = 1;
  }
}
