import { setImmediate } from 'node:timers/promises';
import type { Vector3 } from '../../domain/affine.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import type { SliceDecoder } from '../../ports/sliceDecoder.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { FunctionalGroups, type FrameAttributes } from './functionalGroups.ts';
import { readImagePixel } from './imagePixel.ts';
import { Part10 } from './part10.ts';
import { readPatientStudyAttributes } from './patientStudyAttributes.ts';
import { transferSyntaxOf } from './transferSyntax.ts';

type Placement = Pick<
  DecodedSlice,
  'imagePositionPatient' | 'imageOrientationPatient' | 'pixelSpacingMm' | 'sliceThicknessMm'
>;

/**
 * What tells images at one position apart, the most telling first: TemporalPositionIdentifier, EchoNumbers,
 * DiffusionBValue, AcquisitionNumber, TriggerTime, EchoTime, AcquisitionDateTime, AcquisitionTime, ContentTime.
 */
const PHASE_TAGS = [
  'x00200100',
  'x00180086',
  'x00189087',
  'x00200012',
  'x00181060',
  'x00180081',
  'x0008002a',
  'x00080032',
  'x00080033',
];

export class DicomSliceDecoder implements SliceDecoder {
  /** The image of a single-frame instance, or the first of several. */
  async decode(bytes: Uint8Array): Promise<DecodedSlice> {
    for await (const slice of this.slicesOf(bytes)) return slice;
    throw new Error('an instance that is not refused has an image');
  }

  async *slicesOf(bytes: Uint8Array): AsyncGenerator<DecodedSlice, void, undefined> {
    const part10 = Part10.parse(bytes);
    const pixel = readImagePixel(part10);
    if (pixel.samplesPerPixel !== 1 || !pixel.photometricInterpretation.startsWith('MONOCHROME')) {
      const { photometricInterpretation } = pixel;
      part10.refuse('unsupported-pixel-data', 'Only grey images make a volume.', {
        photometricInterpretation,
      });
    }
    const groups = FunctionalGroups.of(part10, pixel.numberOfFrames);
    const instance = readInstance(part10);
    const patientStudy = readPatientStudyAttributes(part10);
    const { rows, columns } = pixel;
    for (let frameIndex = 0; frameIndex < pixel.numberOfFrames; frameIndex++) {
      const frame = groups?.frame(frameIndex);
      const attributes = {
        ...(frame ? describeFrame(part10, frame, frameIndex) : describeImage(part10)),
        ...readPlacement(part10, frame ?? part10),
        ...readRescale(part10, frame ?? part10),
      };
      const { pixels } = await decodeFrameOf(part10, pixel, frameIndex);
      // Decompression takes 4 to 40 ms of the thread: others get their turn between slices.
      if (transferSyntaxOf(part10.transferSyntaxUID)?.encoding !== 'native') await setImmediate();
      yield { ...instance, ...attributes, rows, columns, patientStudy, pixels };
    }
  }
}

function readInstance(
  part10: Part10,
): Pick<
  DecodedSlice,
  | 'studyInstanceUID'
  | 'seriesInstanceUID'
  | 'sopClassUID'
  | 'sopInstanceUID'
  | 'modality'
  | 'frameOfReferenceUID'
> {
  return {
    studyInstanceUID: part10.string('x0020000d'),
    seriesInstanceUID: part10.string('x0020000e'),
    sopClassUID: part10.string('x00080016'),
    sopInstanceUID: part10.string('x00080018'),
    modality: part10.string('x00080060'),
    frameOfReferenceUID: part10.string('x00200052'),
  };
}

type Description = Pick<DecodedSlice, 'imageType' | 'instanceNumber' | 'phaseValues'>;

function describeImage(part10: Part10): Description {
  return {
    imageType: part10.strings('x00080008'),
    instanceNumber: part10.numbers('x00200013')[0] ?? NaN,
    phaseValues: PHASE_TAGS.map(tag => part10.string(tag)),
  };
}

function describeFrame(
  part10: Part10,
  frame: FrameAttributes,
  frameIndex: number,
): Description & Pick<DecodedSlice, 'frameNumber'> {
  const frameType = frame.frameType();
  return {
    frameNumber: frameIndex + 1,
    imageType: frameType.length > 0 ? frameType : part10.strings('x00080008'),
    instanceNumber: frameIndex + 1,
    phaseValues: frame.phaseValues(),
  };
}

function readPlacement(part10: Part10, image: Pick<Part10, 'numbers'>): Placement {
  const read = (keyword: string, tag: string, count: number): readonly number[] => {
    const values = image.numbers(tag);
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
  const sliceThicknessMm = image.numbers('x00180050')[0];
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

function readRescale(
  part10: Part10,
  image: Pick<Part10, 'numbers'>,
): Pick<DecodedSlice, 'rescaleSlope' | 'rescaleIntercept'> {
  const rescaleSlope = image.numbers('x00281053')[0] ?? 1;
  const rescaleIntercept = image.numbers('x00281052')[0] ?? 0;
  if (!Number.isFinite(rescaleSlope) || rescaleSlope === 0 || !Number.isFinite(rescaleIntercept)) {
    part10.refuse('unsupported-pixel-data', 'RescaleSlope or RescaleIntercept is not usable.');
  }
  if (part10.element('x00283000')) {
    part10.refuse('unsupported-pixel-data', 'A ModalityLUTSequence is not applied; only linear rescale is.');
  }
  return { rescaleSlope, rescaleIntercept };
}
