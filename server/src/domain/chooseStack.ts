import { Problem } from './errors.ts';
import { phasesOf } from './phases.ts';
import type { ImageReference } from './seriesReference.ts';
import type { SlicePlacement } from './stackGeometry.ts';
import { isLocaliser, stacksOf, type Stack } from './stacks.ts';

const NAMED_VOLUMES = 50;
const NAMED_SLICES = 10;

/**
 * The slices of the volume that holds `image`; without one the only volume of the series, which localisers and
 * single images beside it do not make ambiguous, as long as they are the fewer.
 * @throws Problem unsupported-geometry that names the volumes to choose from, or says what is not told apart
 */
export function chooseStack(slices: readonly SlicePlacement[], image: ImageReference | undefined): Stack {
  if (slices.length === 0) throw new Problem('unsupported-geometry', 'The series holds no images.');
  const stacks = stacksInOrder(slices);
  if (image) return phaseHolding(slices, stacks, image);
  const stack = onlyStack(slices, stacks);
  const phases = requirePhases(slices, stack);
  if (phases.length === 1) return phases[0]!;
  return refuseChoice(
    'Several images lie at one position (time points, acquisitions or echoes): name an image of the volume that is meant.',
    slices,
    phases,
  );
}

/**
 * Images whose directions differ by as much as noise may go with the first that they meet: they meet in the order of
 * InstanceNumber, as in the viewer, so that a series is the same volumes each time that it is loaded.
 */
function stacksInOrder(slices: readonly SlicePlacement[]): readonly Stack[] {
  const order = slices.map((_, index) => index);
  order.sort((one, other) => byNumber(slices[one]!, slices[other]!));
  return stacksOf(order.map(index => slices[index]!)).map(stack => stack.map(at => order[at]!));
}

function byNumber(a: SlicePlacement, b: SlicePlacement): number {
  const difference = (a.instanceNumber || 0) - (b.instanceNumber || 0);
  if (difference) return difference;
  if (a.sopInstanceUID !== b.sopInstanceUID) return a.sopInstanceUID < b.sopInstanceUID ? -1 : 1;
  return (a.frameNumber ?? 1) - (b.frameNumber ?? 1);
}

function phaseHolding(
  slices: readonly SlicePlacement[],
  stacks: readonly Stack[],
  image: ImageReference,
): Stack {
  const isImage = (index: number): boolean => {
    const { sopInstanceUID, frameNumber } = slices[index]!;
    return sopInstanceUID === image.sopInstanceUID && (frameNumber ?? 1) === (image.frameNumber ?? 1);
  };
  const stack = stacks.find(candidate => candidate.some(isImage));
  const phase = stack && requirePhases(slices, stack).find(candidate => candidate.some(isImage));
  if (phase) return phase;
  throw new Problem(
    'unsupported-geometry',
    'The series does not hold the image that names the volume; read its instances again.',
    { ...image },
  );
}

function onlyStack(slices: readonly SlicePlacement[], stacks: readonly Stack[]): Stack {
  if (stacks.length === 1) return stacks[0]!;
  const volumes = stacks.filter(stack => stack.length > 1 && !isLocaliser(slices[stack[0]!]!));
  const [volume = []] = volumes;
  const imageCount = slices.filter(slice => !isLocaliser(slice)).length;
  // Where directions drift, two of many images may agree by chance: they are not what the reader sees.
  if (volumes.length === 1 && 2 * volume.length > imageCount) return volume;
  return refuseChoice(
    'The series holds several stacks (orientations, sizes or Frames of Reference): name an image of the one that is meant.',
    slices,
    stacks,
  );
}

function requirePhases(slices: readonly SlicePlacement[], stack: Stack): readonly Stack[] {
  const phases = phasesOf(slices, stack);
  if (phases) return phases;
  throw new Problem(
    'unsupported-geometry',
    'Several images lie at one position, and no attribute tells which belong together.',
    {
      imageCount: stack.length,
      SOPInstanceUIDs: stack.slice(0, NAMED_SLICES).map(index => slices[index]!.sopInstanceUID),
    },
  );
}

function refuseChoice(detail: string, slices: readonly SlicePlacement[], volumes: readonly Stack[]): never {
  throw new Problem('unsupported-geometry', detail, {
    imageCount: slices.length,
    volumeCount: volumes.length,
    volumes: volumes.slice(0, NAMED_VOLUMES).map(volume => {
      const { sopInstanceUID, frameNumber } = slices[volume[0]!]!;
      return { imageCount: volume.length, sopInstanceUID, ...(frameNumber !== undefined && { frameNumber }) };
    }),
  });
}
