import { applyAffine } from '../../domain/affine.ts';
import {
  COLUMNS,
  COLUMN_DIRECTION,
  IJK_TO_LPS,
  PIXEL_SPACING_MM,
  ROWS,
  ROW_DIRECTION,
  SLICES,
  SLICE_SPACING_MM,
} from './acquisition.ts';
import { ANATOMY } from './anatomy/anatomy.ts';
import { ctImagePart10, type CtSeries } from './ctImage.ts';
import { createScanner } from './scanner.ts';
import { createSlicePainter } from './slicePainter.ts';
import { createTexture } from './texture.ts';

/** Fixed, so that the study is the same object on every machine. */
const FIRST_SOP_INSTANCE = 271828182845904523536028747135266200000n;
const TEXTURE_SEED = 7;
const NOISE_SEED = 5;

export const DEMO_SERIES: CtSeries = {
  patientName: 'Demo^Torso',
  patientID: 'TOMOCLICK-DEMO',
  studyInstanceUID: '2.25.161803398874989484820458683436563811772',
  seriesInstanceUID: '2.25.141421356237309504880168872420969807856',
  frameOfReferenceUID: '2.25.173205080756887729352744634150587236694',
  studyDescription: 'Synthetic CT abdomen (Tomoclick demo)',
  seriesDescription: 'Portal venous 2.5 mm, oblique (synthetic)',
  rows: ROWS,
  columns: COLUMNS,
  imageOrientationPatient: [ROW_DIRECTION, COLUMN_DIRECTION],
  pixelSpacingMm: [PIXEL_SPACING_MM, PIXEL_SPACING_MM],
  sliceThicknessMm: SLICE_SPACING_MM,
};

/** How many instances of how many are made. */
export type DemoProgress = (done: number, total: number) => void;

export function demoSopInstanceUID(k: number): string {
  return `2.25.${FIRST_SOP_INSTANCE + BigInt(k)}`;
}

/**
 * The demo study as Part 10 files, feet first; each is computed when it is asked for (about 60 ms). Only every
 * `step`-th from slice `first` on, so that several threads can share the work.
 */
export function* demoStudyFiles(first = 0, step = 1): Generator<Uint8Array> {
  const paint = createSlicePainter(ANATOMY, createTexture(TEXTURE_SEED));
  const scan = createScanner(NOISE_SEED);
  const clean = new Float32Array(ROWS * COLUMNS);
  const hu = new Int16Array(ROWS * COLUMNS);
  for (let k = first; k < SLICES; k += step) {
    paint(k, clean);
    scan(k, clean, hu);
    yield ctImagePart10(DEMO_SERIES, {
      sopInstanceUID: demoSopInstanceUID(k),
      instanceNumber: SLICES - k,
      imagePositionPatient: applyAffine(IJK_TO_LPS, [0, 0, k]),
      hu,
    });
  }
}
