import type { StoredPixels } from '../../domain/decodedSlice.ts';
import type { Part10 } from './part10.ts';

/** A table from stored values to modality units (PS3.3 C.11.1.1). */
export interface ModalityLut {
  /** The stored value of the first entry; lower ones get the first entry too, higher ones than the last the last. */
  readonly firstStored: number;
  readonly entries: Uint8Array | Uint16Array;
  /** ModalityLUTType: HU, OD, US … */
  readonly units: string;
}

/**
 * `undefined` for an image without one.
 * @throws Problem unsupported-pixel-data when it contradicts itself
 */
export function readModalityLut(part10: Part10, isSigned: boolean): ModalityLut | undefined {
  const [item] = part10.items('x00283000');
  if (!item) return undefined;
  const count = item.uint16('x00283002', 0) || 2 ** 16;
  const firstStored = isSigned ? item.int16('x00283002', 1) : item.uint16('x00283002', 1);
  const bits = item.uint16('x00283002', 2) ?? 0;
  const data = item.element('x00283006');
  const isPacked = bits <= 8 && data?.length === count + (count % 2);
  if (
    !data ||
    firstStored === undefined ||
    bits < 8 ||
    bits > 16 ||
    !(isPacked || data.length >= 2 * count)
  ) {
    return part10.refuse('unsupported-pixel-data', 'The ModalityLUTSequence contradicts itself.', {
      count,
      bits,
    });
  }
  const entries = isPacked
    ? Uint8Array.from(item.bytes.subarray(data.dataOffset, data.dataOffset + count))
    : Uint16Array.from({ length: count }, (_, index) => item.uint16('x00283006', index) ?? 0);
  return { firstStored, entries, units: item.string('x00283004') };
}

/** Values in modality units. */
export function applyModalityLut(pixels: StoredPixels, { firstStored, entries }: ModalityLut): StoredPixels {
  const last = entries.length - 1;
  const values =
    entries instanceof Uint8Array ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) {
    const entry = pixels[index]! - firstStored;
    values[index] = entries[entry < 0 ? 0 : entry > last ? last : entry]!;
  }
  return values;
}
