import type { SliceKey } from './sliceKey.ts';

/** One slice of one segment: a bit a pixel, row by row, least significant bit first. */
export type SliceBits = Uint8Array;

/** A byte of pixels that are all in the mask. */
const FULL = 0xff;

/**
 * The mask of every segment, apart from the others. A labelmap holds one segment a voxel, masks may overlap:
 * kept apart, the shrinking of one segment brings back what it had covered of another.
 */
export class SegmentMasks {
  /** Insertion order is drawing order: the segment touched last lies on top. */
  private readonly slicesOf = new Map<number, Map<SliceKey, SliceBits>>();

  /** Replaces the slices given, of one segment. Returns the slices whose composition may have changed. */
  replaceSlices(segmentNumber: number, slices: ReadonlyMap<SliceKey, SliceBits>): ReadonlySet<SliceKey> {
    const wasOnTop = [...this.slicesOf.keys()].at(-1) === segmentNumber;
    const own = this.slicesOf.get(segmentNumber) ?? new Map<SliceKey, SliceBits>();
    this.slicesOf.delete(segmentNumber);
    this.slicesOf.set(segmentNumber, own);
    const touched = new Set(slices.keys());
    for (const [key, bits] of slices) {
      if (hasPixel(bits)) own.set(key, bits);
      else own.delete(key);
    }
    if (!wasOnTop) for (const key of own.keys()) touched.add(key);
    return touched;
  }

  /** Forgets a segment. Returns the slices it was on. */
  remove(segmentNumber: number): ReadonlySet<SliceKey> {
    const touched = new Set(this.slicesOf.get(segmentNumber)?.keys());
    this.slicesOf.delete(segmentNumber);
    return touched;
  }

  /** Forgets all. Returns the slices that were not empty. */
  clear(): ReadonlySet<SliceKey> {
    const touched = this.filledSlices();
    this.slicesOf.clear();
    return touched;
  }

  filledSlices(): ReadonlySet<SliceKey> {
    return new Set([...this.slicesOf.values()].flatMap(slices => [...slices.keys()]));
  }

  /**
   * Writes the segments of one slice, 0 where there is none, over everything in `labels`.
   * @param indexOf what a segment number is written as; absent: as it is
   */
  composeSlice(
    key: SliceKey,
    labels: Uint8Array | Uint16Array,
    indexOf: (segmentNumber: number) => number = segmentNumber => segmentNumber,
  ): void {
    labels.fill(0);
    for (const [segmentNumber, slices] of this.slicesOf) {
      const bits = slices.get(key);
      if (bits) drawBits(bits, indexOf(segmentNumber), labels);
    }
  }
}

/** By index: a function called for each byte takes ten times as long. */
function hasPixel(bits: SliceBits): boolean {
  for (let at = 0; at < bits.length; at += 1) if (bits[at] !== 0) return true;
  return false;
}

/** Most bytes are empty or full: pixel by pixel, a large structure would hold the page up for seconds. */
function drawBits(bits: SliceBits, index: number, labels: Uint8Array | Uint16Array): void {
  const wholeBytes = Math.min(bits.length, labels.length >> 3);
  for (let at = 0; at < bits.length; at += 1) {
    const byte = bits[at]!;
    if (byte === 0) continue;
    if (byte === FULL && at < wholeBytes) {
      const start = at;
      while (at + 1 < wholeBytes && bits[at + 1] === FULL) at += 1;
      labels.fill(index, start * 8, (at + 1) * 8);
      continue;
    }
    const end = Math.min(8, labels.length - at * 8);
    for (let bit = 0; bit < end; bit += 1) if ((byte >> bit) & 1) labels[at * 8 + bit] = index;
  }
}
