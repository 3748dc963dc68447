import { cross, dot } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import type { Stack } from './stacks.ts';

/** What tells the phases of a stack apart. */
export type PhasedSlice = Pick<
  DecodedSlice,
  'imagePositionPatient' | 'imageOrientationPatient' | 'phaseValues' | 'instanceNumber'
>;

/** Slices closer than this along the normal are at one place. */
export const SAME_POSITION_TOLERANCE_MM = 1e-3;

/**
 * The phases (time points, acquisitions, echoes, b-values …) of a stack with several images at a position: each
 * takes at most one image a position. They are told apart by the first attribute of `phaseValues` that does so
 * with no more phases than images lie at the fullest position, or else by InstanceNumber, where every position
 * has its image in every phase. They come in the order of what tells them apart. Undefined when nothing does.
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
  return phasesByInstanceNumber(slices, images, phaseCount);
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

/** The n-th image at each position, in the order of InstanceNumber, is of phase n. */
function phasesByInstanceNumber(
  slices: readonly PhasedSlice[],
  images: readonly Stack[],
  phaseCount: number,
): readonly Stack[] | undefined {
  const numberOf = (index: number): number => slices[index]!.instanceNumber;
  const isNumbered = images.every(
    ({ length }, position) =>
      length === phaseCount && new Set(images[position]!.map(numberOf)).size === length,
  );
  if (!isNumbered) return undefined;
  const sorted = images.map(atPosition => [...atPosition].sort((a, b) => numberOf(a) - numberOf(b)));
  return Array.from({ length: phaseCount }, (_, phase) => sorted.map(atPosition => atPosition[phase]!));
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
