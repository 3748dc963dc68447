import { setImmediate } from 'node:timers/promises';
import type { Vector3 } from '../../domain/affine.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import type { SliceDecoder } from '../../ports/sliceDecoder.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { readImagePixel } from './imagePixel.ts';
import { Part10 } from './part10.ts';
import { readPatientStudyAttributes } from './patientStudyAttributes.ts';
import { transferSyntaxOf } from './transferSyntax.ts';

type Placement = Pick<
  DecodedSlice,
  'imagePositionPatient' | 'imageOrientationPatient' | 'pixelSpacingMm' | 'sliceThicknessMm'
>;

export class DicomSliceDecoder implements SliceDecoder {
  async decode(bytes: Uint8Array): Promise<DecodedSlice> {
    const part10 = Part10.parse(bytes);
    const pixel = readImagePixel(part10);
    if (pixel.numberOfFrames > 1) {
      part10.refuse('unsupported-geometry', 'Multi-frame images are not read as volumes yet.');
    }
    if (pixel.samplesPerPixel !== 1 || !pixel.photometricInterpretation.startsWith('MONOCHROME')) {
      const { photometricInterpretation } = pixel;
      part10.refuse('unsupported-pixel-data', 'Only grey images make a volume.', {
        photometricInterpretation,
      });
    }
    const placement = readPlacement(part10);
    const rescale = readRescale(part10);
    const { pixels } = await decodeFrameOf(part10, pixel, 0);
    // Decompression takes 4 to 40 ms of the thread: others get their turn between slices.
    if (transferSyntaxOf(part10.transferSyntaxUID)?.encoding !== 'native') await setImmediate();
    return {
      studyInstanceUID: part10.string('x0020000d'),
      seriesInstanceUID: part10.string('x0020000e'),
      sopClassUID: part10.string('x00080016'),
      sopInstanceUID: part10.string('x00080018'),
      modality: part10.string('x00080060'),
      imageType: part10.strings('x00080008'),
      frameOfReferenceUID: part10.string('x00200052'),
      rows: pixel.rows,
      columns: pixel.columns,
      ...placement,
      ...rescale,
      patientStudy: readPatientStudyAttributes(part10),
      pixels,
    };
  }
}

function readPlacement(part10: Part10): Placement {
  const read = (keyword: string, tag: string, count: number): readonly number[] => {
    const values = part10.numbers(tag);
    if (values.length === count && values.every(Number.isFinite)) return values;
    return part10.refuse('unsupported-geometry', `The image has no usable ${keyword}.`, { keyword });
  };
  const [x, y, z] = read('ImagePositionPatient', 'x00200032', 3) as Vector3;
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = read('ImageOrientationPatient', 'x00200037', 6) as [
    ...Vector3,
    ...Vector3,
  ];
  const [betweenRowsMm, betweenColumnsMm] = read('PixelSpacing', 'x00280030', 2) as [number, number];
  if (!(betweenRowsMm > 0 && betweenColumnsMm > 0)) {
    part10.refuse('unsupported-geometry', 'The image has no usable PixelSpacing.', {
      keyword: 'PixelSpacing',
    });
  }
  const sliceThicknessMm = part10.numbers('x00180050')[0];
  return {
    imagePositionPatient: [x, y, z],
    imageOrientationPatient: [
      [rowX, rowY, rowZ],
      [columnX, columnY, columnZ],
    ],
    pixelSpacingMm: [betweenRowsMm, betweenColumnsMm],
    ...(sliceThicknessMm !== undefined && sliceThicknessMm > 0 && { sliceThicknessMm }),
  };
}

function readRescale(part10: Part10): Pick<DecodedSlice, 'rescaleSlope' | 'rescaleIntercept'> {
  const rescaleSlope = part10.numbers('x00281053')[0] ?? 1;
  const rescaleIntercept = part10.numbers('x00281052')[0] ?? 0;
  if (!Number.isFinite(rescaleSlope) || rescaleSlope === 0 || !Number.isFinite(rescaleIntercept)) {
    part10.refuse('unsupported-pixel-data', 'RescaleSlope or RescaleIntercept is not usable.');
  }
  if (part10.element('x00283000')) {
    part10.refuse('unsupported-pixel-data', 'A ModalityLUTSequence is not applied; only linear rescale is.');
  }
  return { rescaleSlope, rescaleIntercept };
}
