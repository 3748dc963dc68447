import { ANATOMY, namesOf } from '../../server/src/adapters/demoStudy/anatomy/anatomy.ts';
import { MOST_OVERSTATED, type Implicit } from '../../server/src/adapters/demoStudy/implicit.ts';
import { applyAffine, type Vector3 } from '../../server/src/domain/affine.ts';
import { boxSize, boxVoxelCount, intersectBoxes, type IndexBox } from '../../server/src/domain/indexBox.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { indexIjkOf, spacingMmOf, type VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';

interface Part extends Implicit {
  readonly belongs: boolean;
}

/**
 * The voxels whose centres lie in a structure of the demo study, all that is part of it included (a liver with
 * its vessels and lesions), all that lies over it excluded (a kidney without its sinus).
 * @throws RangeError when no structure has that name or it lies outside the grid
 */
export function demoTruth(structureName: string, geometry: VolumeGeometry): Mask {
  const belongs = ANATOMY.map(structure => namesOf(structure).includes(structureName));
  const lowest = belongs.indexOf(true);
  if (lowest < 0) throw new RangeError(`the demo study has no ${structureName}`);
  // Nothing below the structure's own lowest layer can hide it.
  const parts = ANATOMY.slice(lowest).flatMap((structure, n) =>
    structure.parts.map((part): Part => ({ ...part, belongs: belongs[lowest + n] ?? false })),
  );
  const own = parts.filter(part => part.belongs);
  const box = intersectBoxes(indexBoxOf(own, geometry), { minIjk: [0, 0, 0], maxIjk: geometry.shapeIjk });
  if (boxVoxelCount(box) === 0) throw new RangeError(`${structureName} lies outside the grid`);
  return { shapeIjk: geometry.shapeIjk, box, voxels: rasterised(parts.reverse(), box, geometry) };
}

/** Voxels are decided in blocks of this many columns and rows, where the block's middle is far from all surfaces. */
const BLOCK = 8;

function rasterised(topFirst: readonly Part[], box: IndexBox, geometry: VolumeGeometry): Uint8Array {
  const voxels = new Uint8Array(boxVoxelCount(box));
  const [columns, rows] = boxSize(box);
  const [si, sj] = spacingMmOf(geometry);
  const radiusMm = Math.hypot(si, sj) * ((BLOCK - 1) / 2);
  const at = (i: number, j: number, k: number): Vector3 => applyAffine(geometry.ijkToLps, [i, j, k]);
  for (let k = box.minIjk[2]; k < box.maxIjk[2]; k++) {
    const plane = (k - box.minIjk[2]) * rows * columns;
    const ofSlice = topFirst.filter(
      touching(
        [
          at(0, 0, k),
          at(geometry.shapeIjk[0], 0, k),
          at(0, geometry.shapeIjk[1], k),
          at(geometry.shapeIjk[0], geometry.shapeIjk[1], k),
        ],
        0,
      ),
    );
    for (let j0 = 0; j0 < rows; j0 += BLOCK) {
      for (let i0 = 0; i0 < columns; i0 += BLOCK) {
        const half = (BLOCK - 1) / 2;
        const middle = at(box.minIjk[0] + i0 + half, box.minIjk[1] + j0 + half, k);
        const candidates = near(
          ofSlice.filter(touching([middle], radiusMm)),
          middle,
          radiusMm * MOST_OVERSTATED,
        );
        if (!candidates.some(part => part.belongs)) continue;
        for (let j = j0; j < Math.min(rows, j0 + BLOCK); j++) {
          for (let i = i0; i < Math.min(columns, i0 + BLOCK); i++) {
            const [x, y, z] = at(box.minIjk[0] + i, box.minIjk[1] + j, k);
            const top = candidates.find(part => part.distance(x, y, z) < 0);
            if (top?.belongs) voxels[plane + j * columns + i] = 1;
          }
        }
      }
    }
  }
  return voxels;
}

/** The parts with a surface in reach of a point, down to the first that fills all of it. */
function near(topFirst: readonly Part[], [x, y, z]: Vector3, reachMm: number): Part[] {
  const found: Part[] = [];
  for (const part of topFirst) {
    const d = part.distance(x, y, z);
    if (d > reachMm) continue;
    found.push(part);
    if (d < -reachMm) break;
  }
  return found;
}

/** Whether a part's box, grown by `marginMm`, meets the box around some points. */
function touching(pointsLps: readonly Vector3[], marginMm: number): (part: Part) => boolean {
  const bound = (axis: 0 | 1 | 2): [number, number] => {
    const values = pointsLps.map(p => p[axis]);
    return [Math.min(...values) - marginMm, Math.max(...values) + marginMm];
  };
  const [x, y, z] = [bound(0), bound(1), bound(2)];
  return ({ minLps, maxLps }) =>
    minLps[0] <= x[1] &&
    maxLps[0] >= x[0] &&
    minLps[1] <= y[1] &&
    maxLps[1] >= y[0] &&
    minLps[2] <= z[1] &&
    maxLps[2] >= z[0];
}

/** Box of indices that holds the LPS boxes of all parts. */
function indexBoxOf(parts: readonly Part[], geometry: VolumeGeometry): IndexBox {
  const corners = parts.flatMap(({ minLps, maxLps }) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map(bits =>
      indexIjkOf(geometry, [
        bits & 1 ? maxLps[0] : minLps[0],
        bits & 2 ? maxLps[1] : minLps[1],
        bits & 4 ? maxLps[2] : minLps[2],
      ]),
    ),
  );
  const low = (axis: 0 | 1 | 2): number =>
    Math.floor(corners.reduce((m, c) => Math.min(m, c[axis]), Infinity));
  const high = (axis: 0 | 1 | 2): number =>
    Math.ceil(corners.reduce((m, c) => Math.max(m, c[axis]), -Infinity)) + 1;
  return { minIjk: [low(0), low(1), low(2)], maxIjk: [high(0), high(1), high(2)] };
}
