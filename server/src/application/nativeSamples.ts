import type { DicomJsonDataset } from '../domain/dicomJson.ts';
import { Problem } from '../domain/errors.ts';
import { numbersOf, textOf } from '../domain/datasetValues.ts';

/** Samples of one frame, interleaved by pixel, as numbers. */
export type Samples =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * Numbers of an uncompressed frame given as little-endian bytes: pixels of 1, 8, 16 and 32 bits and floats.
 * @throws Problem unsupported-pixel-data
 */
export function nativeSamples(dataset: DicomJsonDataset, frame: Uint8Array): Samples {
  // A copy starts at a border that every typed array can start at.
  const { buffer } = new Uint8Array(frame);
  if (dataset['7FE00008']) return new Float32Array(buffer);
  if (dataset['7FE00009']) return new Float64Array(buffer);
  const bitsAllocated = numbersOf(dataset, '00280100')[0] ?? 8;
  const isSigned = numbersOf(dataset, '00280103')[0] === 1;
  switch (bitsAllocated) {
    case 1:
      return unpackBits(dataset, frame);
    case 8:
      return interleave(dataset, isSigned ? new Int8Array(buffer) : new Uint8Array(buffer));
    case 16:
      return cutToStored(dataset, isSigned ? new Int16Array(buffer) : new Uint16Array(buffer), 16);
    case 32:
      return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
    default:
      throw new Problem('unsupported-pixel-data', 'Pixels of this size are not shown.', { bitsAllocated });
  }
}

/** Least significant bit first (PS3.5 8.1.1). */
function unpackBits(dataset: DicomJsonDataset, frame: Uint8Array): Uint8Array {
  const count = (numbersOf(dataset, '00280010')[0] ?? 0) * (numbersOf(dataset, '00280011')[0] ?? 0);
  return Uint8Array.from({ length: count }, (_, index) => ((frame[index >> 3] ?? 0) >> (index & 7)) & 1);
}

/** Takes away what lies above BitsStored (old overlays) and extends the sign. */
function cutToStored<Values extends Int16Array | Uint16Array>(
  dataset: DicomJsonDataset,
  values: Values,
  bitsAllocated: number,
): Values {
  const spare = bitsAllocated - (numbersOf(dataset, '00280101')[0] ?? bitsAllocated);
  if (spare > 0 && spare < bitsAllocated) {
    // The typed array cuts off what the shift pushes above the sample.
    for (let index = 0; index < values.length; index++) values[index] = values[index]! << spare;
    for (let index = 0; index < values.length; index++) values[index] = values[index]! >> spare;
  }
  return values;
}

/** Planes of colour (PlanarConfiguration 1) and shared colour (YBR_FULL_422) to three samples a pixel. */
function interleave<Values extends Int8Array | Uint8Array>(
  dataset: DicomJsonDataset,
  values: Values,
): Values | Uint8Array {
  if (textOf(dataset, '00280004') === 'YBR_FULL_422') return spreadChroma(values);
  const isPlanar = numbersOf(dataset, '00280002')[0] === 3 && numbersOf(dataset, '00280006')[0] === 1;
  if (!isPlanar) return values;
  const pixelCount = values.length / 3;
  return Uint8Array.from(values, (_, index) => values[(index % 3) * pixelCount + Math.floor(index / 3)] ?? 0);
}

/** Y1 Y2 Cb Cr for each two pixels (PS3.3 C.7.6.3.1.2). */
function spreadChroma(values: ArrayLike<number>): Uint8Array {
  const result = new Uint8Array((values.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < values.length; from += 4, to += 6) {
    const [first, second, cb, cr] = [values[from]!, values[from + 1]!, values[from + 2]!, values[from + 3]!];
    result.set([first, cb, cr, second, cb, cr], to);
  }
  return result;
}
