import type { Vector3 } from '../../domain/affine.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { FunctionalGroups, type FrameAttributes } from './functionalGroups.ts';
import { readImagePixel, type ImagePixel } from './imagePixel.ts';
import { readImageValues } from './imageValues.ts';
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
/** FD, where the others are text. */
const DIFFUSION_B_VALUE = 'x00189087';

/** Value of ImageType by which Siemens marks a grid of slices; ImagePositionPatient is that of the whole grid. */
const MOSAIC = 'MOSAIC';

const GREY: readonly string[] = ['MONOCHROME1', 'MONOCHROME2'];

/** A Part 10 file of grey images that lie in the patient, one a frame; each is decoded when it is asked for. */
export class ImageFile {
  readonly #part10: Part10;
  readonly #pixel: ImagePixel;
  readonly #groups: FunctionalGroups | undefined;
  readonly #shared: ReturnType<typeof readInstance>;

  private constructor(part10: Part10, pixel: ImagePixel) {
    this.#part10 = part10;
    this.#pixel = pixel;
    this.#groups = FunctionalGroups.of(part10, pixel.numberOfFrames);
    this.#shared = readInstance(part10);
  }

  /** @throws Problem unsupported-pixel-data, unsupported-geometry */
  static open(bytes: Uint8Array, maxHeaderBytes: number): ImageFile {
    const part10 = Part10.parse(bytes, maxHeaderBytes);
    const pixel = readImagePixel(part10);
    if (!GREY.includes(pixel.photometricInterpretation)) {
      const { photometricInterpretation } = pixel;
      part10.refuse('unsupported-pixel-data', 'Only grey images make a volume.', {
        photometricInterpretation,
      });
    }
    return new ImageFile(part10, pixel);
  }

  get numberOfFrames(): number {
    return this.#pixel.numberOfFrames;
  }

  get isCompressed(): boolean {
    return transferSyntaxOf(this.#part10.transferSyntaxUID)?.encoding !== 'native';
  }

  /**
   * @param frameIndex 0-based
   * @throws Problem unsupported-pixel-data, unsupported-geometry
   */
  async slice(frameIndex: number): Promise<DecodedSlice> {
    const part10 = this.#part10;
    const frame = this.#groups?.frame(frameIndex);
    const { prepare, ...values } = readImageValues(part10, this.#pixel, frame);
    const attributes = {
      ...(frame ? describeFrame(part10, frame, frameIndex) : describeImage(part10)),
      ...readPlacement(part10, frame ?? part10),
      ...values,
    };
    const { rows, columns, pixels } = await decodeFrameOf(part10, this.#pixel, frameIndex);
    return { ...this.#shared, ...attributes, rows, columns, pixels: prepare(pixels) };
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
  | 'patientStudy'
> {
  return {
    studyInstanceUID: part10.string('x0020000d'),
    seriesInstanceUID: part10.string('x0020000e'),
    sopClassUID: part10.string('x00080016'),
    sopInstanceUID: part10.string('x00080018'),
    modality: part10.string('x00080060'),
    frameOfReferenceUID: part10.string('x00200052'),
    patientStudy: readPatientStudyAttributes(part10),
  };
}

type Description = Pick<DecodedSlice, 'imageType' | 'instanceNumber' | 'phaseValues'>;

/** @throws Problem unsupported-geometry for a mosaic */
function describeImage(part10: Part10): Description {
  const imageType = part10.strings('x00080008');
  if (imageType.includes(MOSAIC)) {
    part10.refuse(
      'unsupported-geometry',
      'The image shows the slices of a volume side by side (a mosaic), which lie elsewhere than it says: have the series sent as Enhanced MR, or as an image for each slice.',
      { imageType },
    );
  }
  return {
    imageType,
    instanceNumber: instanceNumberOf(part10),
    phaseValues: PHASE_TAGS.map(tag =>
      tag === DIFFUSION_B_VALUE ? String(part10.float64(tag) ?? '') : part10.string(tag),
    ),
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
    instanceNumber: instanceNumberOf(part10),
    phaseValues: frame.phaseValues(),
  };
}

function instanceNumberOf(part10: Part10): number {
  return part10.numbers('x00200013')[0] ?? NaN;
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
