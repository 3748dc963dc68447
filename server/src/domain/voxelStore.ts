import type { StoredPixels } from './decodedSlice.ts';
import type { Rescale, Volume } from './volume.ts';

type Values = Volume['values'];

/**
 * Address space taken ahead, since how many slices will come is not known: 1024 slices of 512×512 int16.
 * Pages that are never written cost no memory, so a series is held once, not twice while it is put in order.
 */
const RESERVED_BYTES = 512 * 1024 * 1024;
const NO_RESCALE: Rescale = { slope: 1, intercept: 0 };

/**
 * Collects slices of equal size. Stored values are copied as they are, which is the least work for a first click;
 * where slices differ in rescale (PET) or in signedness, all become float32 in modality units.
 */
export class VoxelStore {
  readonly #voxelsPerSlice: number;
  readonly #reservedBytes: number;
  #values: Values | undefined;
  #rescale = NO_RESCALE;
  #sliceCount = 0;

  constructor(voxelsPerSlice: number, reservedBytes = RESERVED_BYTES) {
    this.#voxelsPerSlice = voxelsPerSlice;
    this.#reservedBytes = reservedBytes;
  }

  /** Puts a slice behind those that are there. */
  add(pixels: StoredPixels, rescale: Rescale): void {
    const offset = this.#sliceCount * this.#voxelsPerSlice;
    let values = this.#values ?? this.#begin(pixels, rescale);
    if (offset + this.#voxelsPerSlice > values.length) values = longer(values);
    const { slope, intercept } = this.#rescale;
    const isAsBefore = rescale.slope === slope && rescale.intercept === intercept && holds(values, pixels);
    if (!isAsBefore && !(values instanceof Float32Array)) {
      values = inModalityUnits(values, offset, this.#rescale);
      this.#rescale = NO_RESCALE;
    }
    if (values instanceof Float32Array) writeRescaled(values, offset, pixels, rescale);
    else values.set(pixels, offset);
    this.#values = values;
    this.#sliceCount++;
  }

  /**
   * The voxels with slice `order[k]` (as added) at place k; where that is undefined, what lies between the slices
   * next to it. The first and the last are never undefined. The store is empty afterwards.
   * The values may be a view of a longer buffer: copy with `slice()`, never by `.buffer`.
   */
  takeInOrder(order: readonly (number | undefined)[]): Pick<Volume, 'values' | 'rescale'> {
    const taken = this.#values ?? new Int16Array(0);
    const stored = taken.subarray(0, this.#sliceCount * this.#voxelsPerSlice);
    const values = arranged(stored, this.#voxelsPerSlice, order);
    const rescale = this.#rescale;
    this.#values = undefined;
    this.#rescale = NO_RESCALE;
    this.#sliceCount = 0;
    return { values, rescale };
  }

  #begin(pixels: StoredPixels, rescale: Rescale): Values {
    const length = Math.max(Math.floor(this.#reservedBytes / 2), this.#voxelsPerSlice);
    this.#rescale = rescale;
    return pixels instanceof Uint16Array ? new Uint16Array(length) : new Int16Array(length);
  }
}

function holds(values: Values, pixels: StoredPixels): boolean {
  if (values instanceof Uint16Array) return pixels instanceof Uint16Array || pixels instanceof Uint8Array;
  return values instanceof Int16Array && !(pixels instanceof Uint16Array);
}

function longer(values: Values): Values {
  const larger = sameKind(values, 2 * values.length);
  larger.set(values);
  return larger;
}

function sameKind(values: Values, length: number): Values {
  if (values instanceof Float32Array) return new Float32Array(length);
  return values instanceof Uint16Array ? new Uint16Array(length) : new Int16Array(length);
}

function inModalityUnits(values: Values, usedLength: number, rescale: Rescale): Float32Array {
  const floats = new Float32Array(values.length);
  writeRescaled(floats, 0, values.subarray(0, usedLength), rescale);
  return floats;
}

function writeRescaled(
  target: Float32Array,
  offset: number,
  stored: StoredPixels | Values,
  { slope, intercept }: Rescale,
): void {
  for (let index = 0; index < stored.length; index++) {
    target[offset + index] = stored[index]! * slope + intercept;
  }
}

function arranged(stored: Values, voxelsPerSlice: number, order: readonly (number | undefined)[]): Values {
  const held = order.filter(index => index !== undefined);
  if (held.length === order.length && held.length * voxelsPerSlice === stored.length) {
    permuteSlices(stored, voxelsPerSlice, held);
    return stored;
  }
  const values = sameKind(stored, order.length * voxelsPerSlice);
  order.forEach((index, k) => {
    if (index === undefined) return;
    values.set(stored.subarray(index * voxelsPerSlice, (index + 1) * voxelsPerSlice), k * voxelsPerSlice);
  });
  fillGaps(values, voxelsPerSlice, order);
  return values;
}

/** Linear between the slices before and after a gap, so that a model sees no edge there. */
function fillGaps(values: Values, voxelsPerSlice: number, order: readonly (number | undefined)[]): void {
  let before = 0;
  order.forEach((index, after) => {
    if (index === undefined) return;
    for (let k = before + 1; k < after; k++) {
      const weight = (k - before) / (after - before);
      for (let n = 0; n < voxelsPerSlice; n++) {
        const value =
          (1 - weight) * values[before * voxelsPerSlice + n]! + weight * values[after * voxelsPerSlice + n]!;
        values[k * voxelsPerSlice + n] = values instanceof Float32Array ? value : Math.round(value);
      }
    }
    before = after;
  });
}

/** In place, cycle by cycle, with room for one slice. */
function permuteSlices(values: Values, voxelsPerSlice: number, order: readonly number[]): void {
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
