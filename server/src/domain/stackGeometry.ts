import {
  add,
  affineFromColumns,
  cross,
  dot,
  norm,
  scale,
  subtract,
  type Affine,
  type Vector3,
} from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import { Problem } from './errors.ts';
import { isInterleaved } from './interleavedPhases.ts';
import { smallestStepOf, type Places } from './slicePlaces.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

/** What places a slice; its pixels play no part. */
export type SlicePlacement = Omit<DecodedSlice, 'pixels'>;

export interface StackGeometry {
  readonly geometry: VolumeGeometry;
  /** `order[k]` is the index, in the list that was given, of slice k; undefined where that slice is missing. */
  readonly order: readonly (number | undefined)[];
}

/** Direction cosines that are further from unit length or a right angle are damaged, not rounded. */
const ORTHONORMALITY_TOLERANCE = 1e-3;
/** Scanners that write positions with one decimal are off by up to 0.05 mm; a missing slice by far more. */
const SLICE_POSITION_TOLERANCE_MM = 0.1;
/** For stacks finer than that: no more than this part of the slice spacing. */
const SLICE_POSITION_TOLERANCE_FRACTION = 0.1;
/** Of all slices of a grid as many may be missing as are there; what lies further apart is no one stack. */
const GRID_SLICES_PER_IMAGE = 2;
/** Where steps of an uneven stack differ by more, what lies between two slices far apart is not known from them. */
const LARGEST_STEP_RATIO = 10;
const NAMED_SLICES = 10;

/**
 * Finds the grid that one stack of slices, one image a position, lies on. Any order, any orientation, tilted
 * gantries too (the third column of the affine is the step from slice to slice, whatever its angle to the plane);
 * right-handed. Where slices are missing, the others keep their positions and the grid has a slice without an image.
 * Slices on one line that are not evenly spaced keep their positions too: the grid then has uneven steps.
 * @throws Problem unsupported-geometry that says which slices do not fit
 */
export function stackGeometry(slices: readonly SlicePlacement[]): StackGeometry {
  const first = slices[0];
  if (!first) throw new Problem('unsupported-geometry', 'The series holds no images.');
  if (first.frameOfReferenceUID === '') {
    throw new Problem('unsupported-geometry', 'The images name no Frame of Reference.');
  }
  const anyNormal = cross(...directionsOf(first));
  const along = slices.map(slice => dot(slice.imagePositionPatient, anyNormal));
  const sortedIndices = along.map((_, index) => index).sort((a, b) => along[a]! - along[b]!);
  const sorted = sortedIndices.map(index => slices[index]!);
  // Of the lowest slice: the grid must not depend on the order of arrival, however noisy the directions are.
  const lowest = sorted[0]!;
  const [row, column] = directionsOf(lowest);
  const normal = cross(row, column);
  const { stepLps, ks, slicePlaces } = stepsOf(sorted, normal);
  const order = Array<number | undefined>(ks.at(-1)! + 1).fill(undefined);
  ks.forEach((k, at) => (order[k] = sortedIndices[at]));
  const ijkToLps: Affine = affineFromColumns(
    scale(row, lowest.pixelSpacingMm[1]),
    scale(column, lowest.pixelSpacingMm[0]),
    stepLps,
    lowest.imagePositionPatient,
  );
  return {
    geometry: {
      shapeIjk: [first.columns, first.rows, order.length],
      ijkToLps,
      frameOfReferenceUID: first.frameOfReferenceUID,
      ...(slicePlaces && { slicePlaces }),
    },
    order,
  };
}

/** Unit vectors along a row and along a column. */
function directionsOf(slice: SlicePlacement): readonly [Vector3, Vector3] {
  const [row, column] = slice.imageOrientationPatient;
  const isUnit = (direction: Vector3): boolean => Math.abs(norm(direction) - 1) <= ORTHONORMALITY_TOLERANCE;
  if (!isUnit(row) || !isUnit(column) || !(Math.abs(dot(row, column)) <= ORTHONORMALITY_TOLERANCE)) {
    throw new Problem(
      'unsupported-geometry',
      'ImageOrientationPatient does not hold two perpendicular axes.',
      {
        imageOrientationPatient: [...row, ...column],
      },
    );
  }
  return [scale(row, 1 / norm(row)), scale(column, 1 / norm(column))];
}

function singleStep(slice: SlicePlacement, normal: Vector3): Vector3 {
  if (slice.sliceThicknessMm === undefined) {
    throw new Problem('unsupported-geometry', 'A single image without SliceThickness has no depth.');
  }
  return scale(normal, slice.sliceThicknessMm);
}

interface Steps {
  readonly stepLps: Vector3;
  /** Slice index of each image, ascending from 0. */
  readonly ks: readonly number[];
  /** Where the slices lie, in steps; absent where k says it. */
  readonly slicePlaces?: Places;
}

/** The even step that puts every slice where it is found, none missing or else some; or else uneven ones. */
function stepsOf(sorted: readonly SlicePlacement[], normal: Vector3): Steps {
  if (sorted.length === 1) return { stepLps: singleStep(sorted[0]!, normal), ks: [0] };
  const stepsMm = sorted
    .slice(1)
    .map((slice, index) =>
      dot(subtract(slice.imagePositionPatient, sorted[index]!.imagePositionPatient), normal),
    );
  const ascendingMm = stepsMm.slice().sort((a, b) => a - b);
  const usualStepMm = ascendingMm[(stepsMm.length - 1) >> 1]!;
  const withoutGaps = sorted.map((_, k) => k);
  const withGaps = ksOfSteps(stepsMm, usualStepMm);
  // With every other slice missing the usual step is a double one.
  const withManyGaps = ksOfSteps(stepsMm, ascendingMm[0]!);
  for (const ks of [withoutGaps, withGaps, withManyGaps]) {
    const { stepLps, deviationsMm, toleranceMm } = fitOf(sorted, ks, normal);
    const isGrid = deviationsMm.every(deviationMm => deviationMm <= toleranceMm);
    if (isGrid && ks.at(-1)! < GRID_SLICES_PER_IMAGE * sorted.length) return { stepLps, ks };
  }
  return unevenSteps(sorted, stepsMm, usualStepMm, normal);
}

/** Slices at the places that they are found at, as long as these lie on one line. */
function unevenSteps(
  sorted: readonly SlicePlacement[],
  stepsMm: readonly number[],
  usualStepMm: number,
  normal: Vector3,
): Steps {
  const [smallestStepMm, largestStepMm] = [Math.min(...stepsMm), Math.max(...stepsMm)];
  const meanStepMm = stepsMm.reduce((sum, stepMm) => sum + stepMm, 0) / stepsMm.length;
  const slicePlaces = [0];
  for (const stepMm of stepsMm) slicePlaces.push(slicePlaces.at(-1)! + stepMm / meanStepMm);
  const { stepLps, deviationsMm, toleranceMm } = fitOf(sorted, slicePlaces, normal);
  const refuse = (detail: string): never => {
    throw new Problem('unsupported-geometry', detail, {
      ...{ usualStepMm, smallestStepMm, largestStepMm, toleranceMm },
      largestDeviationMm: Math.max(...deviationsMm),
      unevenSOPInstanceUIDs: uidsOf(sorted.filter((_, at) => !(deviationsMm[at]! <= toleranceMm))),
    });
  };
  if (!deviationsMm.every(deviationMm => deviationMm <= toleranceMm)) {
    return refuse('The slices do not lie along one line.');
  }
  if (!(largestStepMm <= LARGEST_STEP_RATIO * smallestStepMm)) {
    return refuse('The slices lie too unevenly to make one volume.');
  }
  if (isInterleaved(sorted)) {
    return refuse('Images of several phases lie between each other, at positions that differ.');
  }
  return { stepLps, ks: sorted.map((_, k) => k), slicePlaces };
}

/** Slice indices, each step rounded to a multiple of one that leaves out no slice. */
function ksOfSteps(stepsMm: readonly number[], singleStepMm: number): readonly number[] {
  const ks = [0];
  for (const stepMm of stepsMm) ks.push(ks.at(-1)! + Math.max(1, Math.round(stepMm / singleStepMm)));
  return ks;
}

/** How far each slice lies from where steps from the first to the last put it. @param places of the slices, in steps */
function fitOf(
  sorted: readonly SlicePlacement[],
  places: readonly number[],
  normal: Vector3,
): { readonly stepLps: Vector3; readonly deviationsMm: readonly number[]; readonly toleranceMm: number } {
  const positions = sorted.map(slice => slice.imagePositionPatient);
  const origin = positions[0]!;
  const stepLps = scale(subtract(positions.at(-1)!, origin), 1 / places.at(-1)!);
  const smallestStep = smallestStepOf(places);
  const toleranceMm = Math.min(
    SLICE_POSITION_TOLERANCE_MM,
    SLICE_POSITION_TOLERANCE_FRACTION * smallestStep * dot(stepLps, normal),
  );
  const deviationsMm = positions.map((position, at) =>
    norm(subtract(position, add(origin, scale(stepLps, places[at]!)))),
  );
  return { stepLps, deviationsMm, toleranceMm };
}

function uidsOf(slices: readonly SlicePlacement[]): readonly string[] {
  return slices.slice(0, NAMED_SLICES).map(slice => slice.sopInstanceUID);
}
