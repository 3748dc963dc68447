import { subtract } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';

/** Noise of direction cosines between slices of one acquisition; 1e-4 moves a corner by less than 0.1 pixel. */
const ORIENTATION_TOLERANCE = 1e-4;
/** Relative: 512 columns drift apart by 0.05 pixel. */
const PIXEL_SPACING_TOLERANCE = 1e-4;

/** What tells the stacks of a series apart. */
export type StackedSlice = Pick<
  DecodedSlice,
  'imageType' | 'rows' | 'columns' | 'frameOfReferenceUID' | 'imageOrientationPatient' | 'pixelSpacingMm'
>;

/** Indices, in the list that was given, of slices that could lie on one grid. */
export type Stack = readonly number[];

/**
 * Splits a series into stacks: localisers from images, other orientations, sizes, pixel spacings and Frames of
 * Reference each on their own. Several images at one position stay together; `phasesOf` tells them apart.
 */
export function stacksOf(slices: readonly StackedSlice[]): readonly Stack[] {
  const stacks: { readonly first: StackedSlice; readonly members: number[] }[] = [];
  slices.forEach((slice, index) => {
    const stack = stacks.find(({ first }) => belongTogether(first, slice));
    if (stack) stack.members.push(index);
    else stacks.push({ first: slice, members: [index] });
  });
  return stacks.map(({ members }) => members);
}

export function isLocaliser(slice: Pick<StackedSlice, 'imageType'>): boolean {
  return slice.imageType.includes('LOCALIZER');
}

function belongTogether(a: StackedSlice, b: StackedSlice): boolean {
  return (
    isLocaliser(a) === isLocaliser(b) &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.frameOfReferenceUID === b.frameOfReferenceUID &&
    hasSameOrientation(a, b) &&
    hasSamePixelSpacing(a, b)
  );
}

function hasSameOrientation(a: StackedSlice, b: StackedSlice): boolean {
  return [0, 1].every(which => {
    const difference = subtract(a.imageOrientationPatient[which]!, b.imageOrientationPatient[which]!);
    return difference.every(component => Math.abs(component) <= ORIENTATION_TOLERANCE);
  });
}

function hasSamePixelSpacing(a: StackedSlice, b: StackedSlice): boolean {
  return [0, 1].every(which => {
    const spacingMm = a.pixelSpacingMm[which]!;
    return Math.abs(spacingMm - b.pixelSpacingMm[which]!) <= PIXEL_SPACING_TOLERANCE * spacingMm;
  });
}
