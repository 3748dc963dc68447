import type { DecodedSlice, StoredPixels } from '../../domain/decodedSlice.ts';
import type { Rescale } from '../../domain/volume.ts';
import { enhancedPetValues, unmappedPetMeaning } from './enhancedPetValues.ts';
import type { FrameAttributes } from './functionalGroups.ts';
import type { ImagePixel } from './imagePixel.ts';
import { applyModalityLut, readModalityLut } from './modalityLut.ts';
import type { Part10 } from './part10.ts';
import { readPixelPadding, withoutPadding, type PixelPadding } from './pixelPadding.ts';
import { petMeaning, suvbwScaleOf } from './suvbw.ts';

/** Where RescaleSlope, RescaleIntercept and RescaleType are. */
type RescaleSource = Pick<Part10, 'numbers' | 'string'>;

/** How the stored pixels of an image become numbers with a meaning. */
export type ImageValues = Pick<DecodedSlice, 'rescaleSlope' | 'rescaleIntercept' | 'valueMeaning'> & {
  /** What has to be done with the pixels before they are rescaled. */
  readonly prepare: (pixels: StoredPixels) => StoredPixels;
};

/**
 * Reads rescale (PS3.3 C.11.1), padding (C.7.5.1.1.2) and, in PET, what SUV needs (C.8.9). MONOCHROME1 is a matter
 * of display where values have a unit; where they have none, as in MR, an image in MONOCHROME1 looks like its
 * negative in MONOCHROME2, and becomes it.
 * @param frame of a multi-frame image: its functional groups hold the rescale (C.7.6.16.2.9), but for secondary captures,
 *   which have one for all frames (C.8.6.3)
 * @throws Problem unsupported-pixel-data when rescale or table are not usable
 */
export function readImageValues(part10: Part10, pixel: ImagePixel, frame?: FrameAttributes): ImageValues {
  const image = frame?.hasOwnRescale ? frame : part10;
  const lut = readModalityLut(part10, pixel.isSigned);
  const scaled = lut
    ? {
        rescaleSlope: 1,
        rescaleIntercept: 0,
        valueMeaning: { units: unitsOf(part10, lut.units), warnings: [] },
      }
    : rescaledValues(part10, image, frame);
  if (lut && image.numbers('x00281053').length > 0) {
    part10.refuse('unsupported-pixel-data', 'RescaleSlope and a ModalityLUTSequence exclude each other.');
  }
  const isNegative =
    pixel.photometricInterpretation === 'MONOCHROME1' && scaled.valueMeaning.units === '' && !lut;
  const padding = readPixelPadding(part10, pixel.isSigned);
  const shownPadding = isNegative && padding ? negativePadding(padding, pixel) : padding;
  return {
    ...scaled,
    prepare: stored => {
      const shown = isNegative ? negativeOf(stored, pixel) : stored;
      const measured = shownPadding ? withoutPadding(shown, shownPadding, pixel.columns) : shown;
      return lut ? applyModalityLut(measured, lut) : measured;
    },
  };
}

function rescaledValues(
  part10: Part10,
  image: RescaleSource,
  frame: FrameAttributes | undefined,
): Omit<ImageValues, 'prepare'> {
  const isPet = part10.string('x00080060') === 'PT';
  const mapped = isPet && frame ? enhancedPetValues(part10, frame) : undefined;
  if (mapped) {
    const { rescale, valueMeaning } = mapped;
    return { rescaleSlope: rescale.slope, rescaleIntercept: rescale.intercept, valueMeaning };
  }
  const { slope, intercept } = readRescale(part10, image);
  if (!isPet) {
    const units = unitsOf(part10, image.string('x00281054'));
    return { rescaleSlope: slope, rescaleIntercept: intercept, valueMeaning: { units, warnings: [] } };
  }
  // Of single-frame images, which converters have left in some multi-frame ones.
  if (frame && part10.string('x00541001') === '') {
    return { rescaleSlope: slope, rescaleIntercept: intercept, valueMeaning: unmappedPetMeaning() };
  }
  const scale = suvbwScaleOf(part10);
  const imageFactor = scale.kind === 'known' ? scale.imageFactor : 1;
  return {
    rescaleSlope: slope * imageFactor,
    rescaleIntercept: intercept * imageFactor,
    valueMeaning: petMeaning(part10.string('x00541001'), scale),
  };
}

function readRescale(part10: Part10, image: RescaleSource): Rescale {
  const slope = image.numbers('x00281053')[0] ?? 1;
  const intercept = image.numbers('x00281052')[0] ?? 0;
  if (!Number.isFinite(slope) || slope === 0 || !Number.isFinite(intercept)) {
    return part10.refuse('unsupported-pixel-data', 'RescaleSlope or RescaleIntercept is not usable.');
  }
  return { slope, intercept };
}

/** CT without a type is in HU (PS3.3 C.8.2.1.1); `US` means that nobody has said. */
function unitsOf(part10: Part10, type: string): string {
  if (type !== '' && type !== 'US') return type;
  return part10.string('x00080060') === 'CT' && type === '' ? 'HU' : '';
}

/** Mirrored in the range that the stored bits span. */
function negativeOf(pixels: StoredPixels, description: ImagePixel): StoredPixels {
  const sum = extremesSum(description);
  const negative = pixels.slice();
  for (let index = 0; index < negative.length; index++) negative[index] = sum - negative[index]!;
  return negative;
}

function negativePadding({ lowest, highest }: PixelPadding, description: ImagePixel): PixelPadding {
  const sum = extremesSum(description);
  return { lowest: sum - highest, highest: sum - lowest };
}

/** Of the lowest and the highest stored value. */
function extremesSum({ bitsStored, isSigned }: ImagePixel): number {
  return isSigned ? -1 : 2 ** bitsStored - 1;
}
