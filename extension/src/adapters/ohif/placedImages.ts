import { listOf, type OneOrMore } from '../../domain/oneOrMore.ts';
import type { PlacedSlice } from '../../domain/seriesVolumes.ts';
import type { FrameGroups, ImageInstance, Value } from '../../ports/imageInstance.ts';

/** An image of a series with its place: an instance, or a frame of one as an instance of its own. */
export interface PlacedImage {
  readonly instance: ImageInstance;
  readonly slice: PlacedSlice;
}

/** Of `instance`, frame 1-based. */
export type FrameImageIds = (instance: ImageInstance, frame: number) => string;

/**
 * The images of a series, in the order of InstanceNumber and frame, so that it is the same however they came.
 * Undefined where one does not say where it lies in the patient: such a series is none of volumes.
 */
export function placedImagesOf(
  instances: readonly ImageInstance[],
  frameImageIdOf: FrameImageIds,
): readonly PlacedImage[] | undefined {
  const images = [...instances].sort(byNumber).flatMap(instance => imagesOf(instance, frameImageIdOf));
  return images.every(image => image !== undefined) ? images : undefined;
}

function byNumber(a: ImageInstance, b: ImageInstance): number {
  const difference = Number(a.InstanceNumber) - Number(b.InstanceNumber);
  return difference || (a.SOPInstanceUID < b.SOPInstanceUID ? -1 : 1);
}

function imagesOf(
  instance: ImageInstance,
  frameImageIdOf: FrameImageIds,
): readonly (PlacedImage | undefined)[] {
  const frames = listOf(instance.PerFrameFunctionalGroupsSequence);
  if (frames.length === 0) {
    const isMultiFrame = Number(instance.NumberOfFrames ?? 1) > 1;
    return [isMultiFrame ? undefined : placed(instance, instance.ImageType, phaseValuesOf(instance))];
  }
  const shared = listOf(instance.SharedFunctionalGroupsSequence);
  return frames.map((frame, at) => {
    const groups = [frame, ...shared];
    const asInstance = frameAsInstance(instance, groups, at + 1, frameImageIdOf);
    const image = placed(asInstance, frameTypeOf(groups) ?? instance.ImageType, framePhaseValuesOf(groups));
    const { InstanceNumber: instanceNumber } = instance;
    return image && withNumbers(image, { instanceNumber: numberOf(instanceNumber), frameNumber: at + 1 });
  });
}

/** All else is the instance's: what reads it as a single-frame image finds what it would find there. */
function frameAsInstance(
  instance: ImageInstance,
  groups: readonly FrameGroups[],
  frame: number,
  frameImageIdOf: FrameImageIds,
): ImageInstance {
  const measures = first(groups, ({ PixelMeasuresSequence }) => PixelMeasuresSequence);
  const own = {
    NumberOfFrames: 1,
    InstanceNumber: frame,
    imageId: frameImageIdOf(instance, frame),
    ImagePositionPatient: first(groups, group => group.PlanePositionSequence)?.ImagePositionPatient,
    ImageOrientationPatient: first(groups, group => group.PlaneOrientationSequence)?.ImageOrientationPatient,
    PixelSpacing: measures?.PixelSpacing,
    SliceThickness: measures?.SliceThickness,
  } satisfies { readonly [Keyword in keyof ImageInstance]?: ImageInstance[Keyword] | undefined };
  const descriptors = Object.entries(own)
    .filter(([, value]) => value !== undefined)
    .map(([keyword, value]) => [keyword, { value, enumerable: true, configurable: true, writable: true }]);
  return Object.create(instance, Object.fromEntries(descriptors) as PropertyDescriptorMap) as ImageInstance;
}

function placed(
  instance: ImageInstance,
  imageType: OneOrMore<Value> | undefined,
  phaseValues: readonly string[],
): PlacedImage | undefined {
  const position = numbersOf(instance.ImagePositionPatient, 3);
  const orientation = numbersOf(instance.ImageOrientationPatient, 6);
  const spacing = numbersOf(instance.PixelSpacing, 2);
  const size = numbersOf([instance.Rows ?? '', instance.Columns ?? ''], 2);
  if (!position || !orientation || !spacing || !size) return undefined;
  const [x, y, z] = position as [number, number, number];
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = orientation as [...Triple, ...Triple];
  const slice: PlacedSlice = {
    imageType: listOf(imageType).map(String),
    rows: size[0]!,
    columns: size[1]!,
    frameOfReferenceUID: instance.FrameOfReferenceUID ?? '',
    imagePositionPatient: [x, y, z],
    imageOrientationPatient: [
      [rowX, rowY, rowZ],
      [columnX, columnY, columnZ],
    ],
    pixelSpacingMm: [spacing[0]!, spacing[1]!],
    instanceNumber: numberOf(instance.InstanceNumber),
    phaseValues,
  };
  return { instance, slice };
}

/** A frame has the number of its instance as well: frames of several instances may lie at one position. */
function withNumbers(
  { instance, slice }: PlacedImage,
  numbers: Pick<PlacedSlice, 'instanceNumber' | 'frameNumber'>,
): PlacedImage {
  return { instance, slice: { ...slice, ...numbers } };
}

function numberOf(value: Value | undefined): number {
  return Number(value ?? NaN);
}

type Triple = [number, number, number];

/** As the server reads them, in the same order: what tells first there tells first here. */
function phaseValuesOf(instance: ImageInstance): readonly string[] {
  return [
    instance.TemporalPositionIdentifier,
    instance.EchoNumbers,
    instance.DiffusionBValue,
    instance.AcquisitionNumber,
    instance.TriggerTime,
    instance.EchoTime,
    instance.AcquisitionDateTime,
    instance.AcquisitionTime,
    instance.ContentTime,
  ].map(textOf);
}

function framePhaseValuesOf(groups: readonly FrameGroups[]): readonly string[] {
  const content = first(groups, ({ FrameContentSequence }) => FrameContentSequence);
  return [
    content?.TemporalPositionIndex,
    first(groups, ({ MREchoSequence }) => MREchoSequence)?.EffectiveEchoTime,
    first(groups, ({ MRDiffusionSequence }) => MRDiffusionSequence)?.DiffusionBValue,
    first(groups, ({ CardiacSynchronizationSequence }) => CardiacSynchronizationSequence)
      ?.NominalPercentageOfCardiacPhase,
    content?.FrameAcquisitionNumber,
    content?.FrameAcquisitionDateTime,
  ].map(textOf);
}

function frameTypeOf(groups: readonly FrameGroups[]): OneOrMore<Value> | undefined {
  const macro = first(
    groups,
    group => group.CTImageFrameTypeSequence ?? group.MRImageFrameTypeSequence ?? group.PETFrameTypeSequence,
  );
  return macro?.FrameType;
}

/** The item of a macro: the frame's own before the shared one. */
function first<Item>(
  groups: readonly FrameGroups[],
  macroOf: (group: FrameGroups) => OneOrMore<Item> | undefined,
): Item | undefined {
  return groups.map(group => listOf(macroOf(group))[0]).find(item => item !== undefined);
}

function textOf(value: OneOrMore<Value> | undefined): string {
  return listOf(value).join('\\');
}

/** Undefined unless there are so many, all of them numbers. */
function numbersOf(value: OneOrMore<Value> | undefined, count: number): readonly number[] | undefined {
  const values = listOf(value);
  const numbers = values.map(Number);
  const isUsable =
    values.length === count && values.every(item => item !== '') && numbers.every(Number.isFinite);
  return isUsable ? numbers : undefined;
}
