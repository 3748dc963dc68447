import { cross, type Vector3 } from '@tomoclick/server/domain/affine';
import { phasesOf, type PhasedSlice } from '@tomoclick/server/domain/phases';
import { isLocaliser, stacksOf, type StackedSlice } from '@tomoclick/server/domain/stacks';

/** What says to which volume of its series an image belongs. */
export type PlacedSlice = StackedSlice & PhasedSlice;

/** One of the volumes of a series. */
export interface SeriesVolume {
  /** Indices in the list that was given. */
  readonly members: readonly number[];
  /** What tells it from the others, e.g. "coronal, phase 2 of 3". */
  readonly label: string;
}

interface UnnumberedVolume extends SeriesVolume {
  readonly isLocaliser: boolean;
}

/** Normals further from all axes are called oblique: 30°. */
const LEAST_ALONG_AXIS = Math.cos(Math.PI / 6);
const PLANES = ['sagittal', 'coronal', 'axial'] as const;

/**
 * The volumes of a series, by the rules by which the server takes the volume that an image names. Localisers come
 * last; otherwise stacks in the order of their first images, and phases in the order of what tells them apart.
 * Images at one position that nothing tells apart stay together, and so does a series most images of which would be
 * alone (scouts in three planes, directions that drift): there is nothing to choose, and it is read as one.
 */
export function seriesVolumesOf(slices: readonly PlacedSlice[]): readonly SeriesVolume[] {
  const stacks = stacksOf(slices);
  const volumes = stacks.flatMap((stack): UnnumberedVolume[] => {
    const first = slices[stack[0]!]!;
    const stackParts = stacks.length > 1 ? partsOf(first) : [];
    const phases = phasesOf(slices, stack) ?? [stack];
    return phases.map((members, phase) => {
      const phaseParts = phases.length > 1 ? [`phase ${phase + 1} of ${phases.length}`] : [];
      return { members, label: [...stackParts, ...phaseParts].join(', '), isLocaliser: isLocaliser(first) };
    });
  });
  const alone = volumes.filter(({ members }) => members.length === 1).length;
  if (2 * alone >= slices.length) return [{ members: slices.map((_, index) => index), label: '' }];
  return numbered([...volumes].sort((a, b) => Number(a.isLocaliser) - Number(b.isLocaliser)));
}

function partsOf(slice: PlacedSlice): readonly string[] {
  const plane = planeOf(slice.imageOrientationPatient);
  return isLocaliser(slice) ? ['localiser', plane] : [plane];
}

function planeOf([row, column]: readonly [Vector3, Vector3]): string {
  const along = cross(row, column).map(Math.abs);
  const axis = along.indexOf(Math.max(...along));
  return along[axis]! >= LEAST_ALONG_AXIS ? PLANES[axis]! : 'oblique';
}

/** Volumes that are called alike get numbers. */
function numbered(volumes: readonly UnnumberedVolume[]): readonly SeriesVolume[] {
  return volumes.map(({ members, label }, at) => {
    const isAlike = (other: UnnumberedVolume): boolean => other.label === label;
    const count = volumes.filter(isAlike).length;
    if (count === 1) return { members, label };
    return { members, label: `${label}, ${volumes.slice(0, at + 1).filter(isAlike).length} of ${count}` };
  });
}
