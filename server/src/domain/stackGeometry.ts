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
import type { VolumeGeometry } from './volumeGeometry.ts';

/** What places a slice; its pixels play no part. */
export type SlicePlacement = Omit<DecodedSlice, 'pixels'>;

export interface StackGeometry {
  readonly geometry: VolumeGeometry;
  /** `order[k]` is the index, in the list that was given, of slice k. */
  readonly order: readonly number[];
}

/** Noise of direction cosines between slices of one acquisition; 1e-4 moves a corner by less than 0.1 pixel. */
const ORIENTATION_TOLERANCE = 1e-4;
/** Direction cosines that are further from unit length or a right angle are damaged, not rounded. */
const ORTHONORMALITY_TOLERANCE = 1e-3;
/** Relative: 512 columns drift apart by 0.05 pixel. */
const PIXEL_SPACING_TOLERANCE = 1e-4;
/** Scanners that write positions with one decimal are off by up to 0.05 mm; a missing slice by far more. */
const SLICE_POSITION_TOLERANCE_MM = 0.1;
/** For stacks finer than that: no more than this part of the slice spacing. */
const SLICE_POSITION_TOLERANCE_FRACTION = 0.1;
/** Slices closer than this along the normal are at one place. */
const DUPLICATE_POSITION_TOLERANCE_MM = 1e-3;
/** A step this much larger than the usual one has a slice missing in it. */
const GAP_FACTOR = 1.5;
const NAMED_SLICES = 10;

/**
 * Finds the grid that a set of slices lies on. Any order, any orientation, tilted gantries too (the third
 * column of the affine is the step from slice to slice, whatever its angle to the plane); right-handed.
 * @throws Problem unsupported-geometry that says which slices do not fit
 */
export function stackGeometry(slices: readonly SlicePlacement[]): StackGeometry {
  const first = slices[0];
  if (!first) throw new Problem('unsupported-geometry', 'The series holds no images.');
  refuseMixtures(slices);
  const [row, column] = directionsOf(first);
  const normal = cross(row, column);
  const along = slices.map(slice => dot(slice.imagePositionPatient, normal));
  const order = along.map((_, index) => index).sort((a, b) => along[a]! - along[b]!);
  const sorted = order.map(index => slices[index]!);
  refuseDuplicates(
    sorted,
    order.map(index => along[index]!),
  );
  const stepLps = sorted.length === 1 ? singleStep(first, normal) : uniformStep(sorted, normal);
  const ijkToLps: Affine = affineFromColumns(
    scale(row, first.pixelSpacingMm[1]),
    scale(column, first.pixelSpacingMm[0]),
    stepLps,
    sorted[0]!.imagePositionPatient,
  );
  return {
    geometry: {
      shapeIjk: [first.columns, first.rows, slices.length],
      ijkToLps,
      frameOfReferenceUID: first.frameOfReferenceUID,
    },
    order,
  };
}

function refuseMixtures(slices: readonly SlicePlacement[]): void {
  refuseOdd(slices, 'Localisers lie among the images; leave them out.', isSameKind);
  refuseOdd(slices, 'The images differ in size.', (a, b) => a.rows === b.rows && a.columns === b.columns);
  refuseOdd(
    slices,
    'The images lie in different Frames of Reference.',
    (a, b) => a.frameOfReferenceUID === b.frameOfReferenceUID,
  );
  refuseOdd(slices, 'The images are oriented differently; they are not one stack.', hasSameOrientation);
  refuseOdd(slices, 'The images differ in pixel spacing.', hasSamePixelSpacing);
  if (slices[0]?.frameOfReferenceUID === '') {
    throw new Problem('unsupported-geometry', 'The images name no Frame of Reference.');
  }
}

/** Takes the largest group of slices that are the `same`, and names those outside of it. */
function refuseOdd(
  slices: readonly SlicePlacement[],
  detail: string,
  same: (a: SlicePlacement, b: SlicePlacement) => boolean,
): void {
  const groups: SlicePlacement[][] = [];
  for (const slice of slices) {
    const group = groups.find(([representative]) => representative && same(representative, slice));
    if (group) group.push(slice);
    else groups.push([slice]);
  }
  if (groups.length <= 1) return;
  const largest = groups.reduce((a, b) => (b.length > a.length ? b : a));
  const odd = groups.filter(group => group !== largest).flat();
  throw new Problem('unsupported-geometry', detail, {
    imageCount: slices.length,
    groupCount: groups.length,
    oddCount: odd.length,
    oddSOPInstanceUIDs: uidsOf(odd),
  });
}

function isSameKind(a: SlicePlacement, b: SlicePlacement): boolean {
  return a.imageType.includes('LOCALIZER') === b.imageType.includes('LOCALIZER');
}

function hasSameOrientation(a: SlicePlacement, b: SlicePlacement): boolean {
  return [0, 1].every(which => {
    const difference = subtract(a.imageOrientationPatient[which]!, b.imageOrientationPatient[which]!);
    return difference.every(component => Math.abs(component) <= ORIENTATION_TOLERANCE);
  });
}

function hasSamePixelSpacing(a: SlicePlacement, b: SlicePlacement): boolean {
  return [0, 1].every(which => {
    const spacingMm = a.pixelSpacingMm[which]!;
    return Math.abs(spacingMm - b.pixelSpacingMm[which]!) <= PIXEL_SPACING_TOLERANCE * spacingMm;
  });
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

function refuseDuplicates(sorted: readonly SlicePlacement[], alongMm: readonly number[]): void {
  const repeated = sorted.filter(
    (_, k) => k > 0 && alongMm[k]! - alongMm[k - 1]! <= DUPLICATE_POSITION_TOLERANCE_MM,
  );
  if (repeated.length === 0) return;
  throw new Problem(
    'unsupported-geometry',
    'Several images lie at one position (time points, echoes or copies); one image a position makes a volume.',
    {
      imageCount: sorted.length,
      positionCount: sorted.length - repeated.length,
      repeatedSOPInstanceUIDs: uidsOf(repeated),
    },
  );
}

function singleStep(slice: SlicePlacement, normal: Vector3): Vector3 {
  if (slice.sliceThicknessMm === undefined) {
    throw new Problem('unsupported-geometry', 'A single image without SliceThickness has no depth.');
  }
  return scale(normal, slice.sliceThicknessMm);
}

/** Mean step from slice to slice, once every slice is found where that step puts it. */
function uniformStep(sorted: readonly SlicePlacement[], normal: Vector3): Vector3 {
  const positions = sorted.map(slice => slice.imagePositionPatient);
  const origin = positions[0]!;
  const stepLps = scale(subtract(positions[positions.length - 1]!, origin), 1 / (positions.length - 1));
  const toleranceMm = Math.min(
    SLICE_POSITION_TOLERANCE_MM,
    SLICE_POSITION_TOLERANCE_FRACTION * dot(stepLps, normal),
  );
  const deviationsMm = positions.map((position, k) =>
    norm(subtract(position, add(origin, scale(stepLps, k)))),
  );
  const worstMm = Math.max(...deviationsMm);
  if (!(worstMm <= toleranceMm)) refuseUneven(sorted, normal, deviationsMm, toleranceMm);
  return stepLps;
}

function refuseUneven(
  sorted: readonly SlicePlacement[],
  normal: Vector3,
  deviationsMm: readonly number[],
  toleranceMm: number,
): never {
  const steps = sorted.slice(1).map((slice, index) => {
    const previous = sorted[index]!;
    return {
      afterSOPInstanceUID: previous.sopInstanceUID,
      beforeSOPInstanceUID: slice.sopInstanceUID,
      stepMm: dot(subtract(slice.imagePositionPatient, previous.imagePositionPatient), normal),
    };
  });
  const usualStepMm = steps.map(({ stepMm }) => stepMm).sort((a, b) => a - b)[steps.length >> 1]!;
  const gaps = steps.filter(({ stepMm }) => stepMm > GAP_FACTOR * usualStepMm);
  if (gaps.length > 0) {
    throw new Problem('unsupported-geometry', 'Slices are missing in the series.', {
      usualStepMm,
      gapCount: gaps.length,
      gaps: gaps.slice(0, NAMED_SLICES),
    });
  }
  throw new Problem('unsupported-geometry', 'The slices are not evenly spaced along one line.', {
    usualStepMm,
    toleranceMm,
    largestDeviationMm: Math.max(...deviationsMm),
    unevenSOPInstanceUIDs: uidsOf(sorted.filter((_, k) => !(deviationsMm[k]! <= toleranceMm))),
  });
}

function uidsOf(slices: readonly SlicePlacement[]): readonly string[] {
  return slices.slice(0, NAMED_SLICES).map(slice => slice.sopInstanceUID);
}
