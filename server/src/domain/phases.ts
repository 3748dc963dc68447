import { cross, dot } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import type { Stack } from './stacks.ts';

/** What tells the phases of a stack apart. */
export type PhasedSlice = Pick<
  DecodedSlice,
  'imagePositionPatient' | 'imageOrientationPatient' | 'phaseValues' | 'instanceNumber' | 'frameNumber'
>;

/** Slices closer than this along the normal are at one place. */
export const SAME_POSITION_TOLERANCE_MM = 1e-3;

/**
 * The phases (time points, acquisitions, echoes, b-values …) of a stack with several images at a position: each
 * takes at most one image a position. They are told apart by the first attribute of `phaseValues` that does so
 * with no more phases than images lie at the fullest position, or else by InstanceNumber and the number of the frame,
 * where every position has its image in every phase. They come in the order of what tells them apart. Undefined when
 * nothing does.
 */
export function phasesOf(slices: readonly PhasedSlice[], stack: Stack): readonly Stack[] | undefined {
  const positionOf = positionsOf(slices, stack);
  const images = imagesByPosition(stack, positionOf);
  const phaseCount = images.reduce((most, { length }) => Math.max(most, length), 0);
  if (phaseCount <= 1) return [stack];
  const attributeCount = slices[stack[0]!]!.phaseValues.length;
  for (let attribute = 0; attribute < attributeCount; attribute++) {
    const byValue = groupedBy(stack, index => slices[index]!.phaseValues[attribute] ?? '');
    const phases = [...byValue].sort(([a], [b]) => inOrder(a, b)).map(([, phase]) => phase);
    const isOneImageAPosition = phases.every(
      phase => new Set(phase.map(index => positionOf.get(index))).size === phase.length,
    );
    if (phases.length === phaseCount && isOneImageAPosition) return phases;
  }
  return phasesByNumber(slices, images, phaseCount);
}

/** Numbers (positions in time, b-values, times of day) by size, others (dates with times) as they are spelt. */
function inOrder(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (Number.isFinite(difference) && difference !== 0) return difference;
  return a < b ? -1 : Number(a > b);
}

/** A number for each place along the normal, by index of the slice. */
function positionsOf(slices: readonly PhasedSlice[], stack: Stack): ReadonlyMap<number, number> {
  const [row, column] = slices[stack[0]!]!.imageOrientationPatient;
  const normal = cross(row, column);
  const along = (index: number): number => dot(slices[index]!.imagePositionPatient, normal);
  const positions = new Map<number, number>();
  let position = 0;
  let previousMm: number | undefined;
  for (const index of [...stack].sort((a, b) => along(a) - along(b))) {
    const alongMm = along(index);
    if (previousMm !== undefined && alongMm - previousMm > SAME_POSITION_TOLERANCE_MM) position++;
    previousMm = alongMm;
    positions.set(index, position);
  }
  return positions;
}

function imagesByPosition(stack: Stack, positionOf: ReadonlyMap<number, number>): readonly Stack[] {
  return [...groupedBy(stack, index => positionOf.get(index)).values()];
}

/** The n-th image at each position, in the order of InstanceNumber and frame, is of phase n. */
function phasesByNumber(
  slices: readonly PhasedSlice[],
  images: readonly Stack[],
  phaseCount: number,
): readonly Stack[] | undefined {
  const inOrderOfNumbers = (one: number, other: number): number => {
    const [a, b] = [numbersOf(slices[one]!), numbersOf(slices[other]!)];
    return a[0] - b[0] || a[1] - b[1];
  };
  const isNumbered = images.every(
    atPosition =>
      atPosition.length === phaseCount &&
      new Set(atPosition.map(index => numbersOf(slices[index]!).join())).size === phaseCount,
  );
  if (!isNumbered) return undefined;
  const sorted = images.map(atPosition => [...atPosition].sort(inOrderOfNumbers));
  return Array.from({ length: phaseCount }, (_, phase) => sorted.map(atPosition => atPosition[phase]!));
}

/** 0 for a number that an image does not have. */
function numbersOf({ instanceNumber, frameNumber = 0 }: PhasedSlice): readonly [number, number] {
  return [Number.isNaN(instanceNumber) ? 0 : instanceNumber, frameNumber];
}

function groupedBy<Key>(stack: Stack, keyOf: (index: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const index of stack) {
    const key = keyOf(index);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return groups;
}
