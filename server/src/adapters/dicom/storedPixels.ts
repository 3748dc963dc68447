import type { StoredPixels } from '../../domain/decodedSlice.ts';

export interface StoredBits {
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
}

/**
 * Stored values of little-endian samples: the bits outside BitsStored are taken away, the sign is extended
 * (PS3.5 8.1.1). A view of `bytes` where nothing is to be done.
 */
export function storedPixels(bytes: Uint8Array, bits: StoredBits): StoredPixels {
  const raw = bits.bitsAllocated === 8 ? samples8(bytes, bits.isSigned) : samples16(bytes, bits.isSigned);
  const above = bits.bitsAllocated - 1 - bits.highBit;
  const spare = bits.bitsAllocated - bits.bitsStored;
  if (spare === 0) return raw;
  // The typed array that is written cuts off what the shift left pushed above the sample.
  const shifted = raw.slice();
  for (let index = 0; index < shifted.length; index++) shifted[index] = shifted[index]! << above;
  for (let index = 0; index < shifted.length; index++) shifted[index] = shifted[index]! >> spare;
  return shifted;
}

function samples8({ buffer, byteOffset, length }: Uint8Array, isSigned: boolean): Int8Array | Uint8Array {
  return isSigned ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length);
}

function samples16(bytes: Uint8Array, isSigned: boolean): Int16Array | Uint16Array {
  const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  const length = bytes.length >> 1;
  return isSigned ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length);
}

/** Colour samples as R G B R G B …; `isPlanar` is what they are now, R R … G G … B B …. */
export function interleaved(samples: Uint8Array, isPlanar: boolean): Uint8Array {
  if (!isPlanar) return samples;
  const pixelCount = samples.length / 3;
  const result = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    result[(index % pixelCount) * 3 + Math.floor(index / pixelCount)] = samples[index]!;
  }
  return result;
}

/** YBR_FULL, interleaved, to RGB (PS3.3 C.7.6.3.1.2). */
export function rgbOfYbrFull(samples: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(samples.length);
  for (let index = 0; index + 2 < samples.length; index += 3) {
    const y = samples[index]!;
    const cb = samples[index + 1]! - 128;
    const cr = samples[index + 2]! - 128;
    rgb[index] = y + 1.402 * cr;
    rgb[index + 1] = y - 0.344136 * cb - 0.714136 * cr;
    rgb[index + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(rgb.buffer);
}
