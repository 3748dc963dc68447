import type { Vector3 } from '../../domain/affine.ts';
import { extentMmOf } from '../../domain/canonicalFrame.ts';
import {
  CELL_VOXELS,
  blurredCells,
  cellCountOf,
  cellShapeOf,
  cellsInside,
  placesOf,
} from '../../domain/likeness/cells.ts';
import {
  findPlace,
  normalisedShape,
  type Expected,
  type ForetoldCells,
  type ShapeCells,
} from '../../domain/likeness/findPlace.ts';
import type { LikenessSettings } from '../../domain/likeness/likenessSettings.ts';
import { shiftedCells } from '../../domain/likeness/propagate.ts';
import { readCells } from '../../domain/likeness/readCells.ts';
import { fittedReadOut, type ReadOut } from '../../domain/likeness/readOut.ts';
import { regionShapeIjk, type Region } from '../../domain/regionOfInterest.ts';
import type { FeatureEngine } from '../../ports/featureEngine.ts';
import { regionSource } from '../askModel.ts';
import { inTurns } from '../inTurns.ts';
import type { SegmentationScene } from '../segmentationScene.ts';
import { SOFT_MASK, TARGETS, type ExemplarLook } from './exemplarLook.ts';
import { joinedTokens } from './joinedTokens.ts';

/** Cells about a structure that should be empty of it. */
const MARGIN_CELLS = 2;

/**
 * Where a structure lies in the regions of a level: mm in the canonical frame of the query.
 * @param looks at the exemplars, at that level
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function searchStructure(
  scene: SegmentationScene,
  looks: readonly ExemplarLook[],
  sideMm: number,
  regions: readonly Region[],
  expected: Expected,
  settings: LikenessSettings,
  engine: FeatureEngine,
  signal: AbortSignal,
): Promise<Vector3> {
  const spacingMm = regions[0]!.spacingMm;
  const { features, targets } = joinedTokens(looks.map(({ far }) => far));
  const readOut = await inTurns(fittedReadOut(features, targets, TARGETS, settings.ridge), signal);
  const foretold = await foretell(scene, regions, readOut, engine, signal);
  const shape = meanShape(looks, spacingMm, sideMm);
  return inTurns(findPlace(foretold, shape, expected, settings.likelyStep), signal);
}

/** Regions on the lattice that cover a volume, overlapping by half. */
export function wideRegions({ model, frame }: SegmentationScene, spacingMm: number): readonly Region[] {
  const extentMm = extentMmOf(frame);
  const shapeIjk = regionShapeIjk(model);
  const lattice = model.region.latticeVoxels;
  const [alongI = [], alongJ = [], alongK = []] = ([0, 1, 2] as const).map(axis => {
    const beyond = Math.ceil(extentMm[axis] / spacingMm) - shapeIjk[axis];
    if (beyond <= 0) return [Math.floor(beyond / 2 / lattice + 0.5) * lattice];
    const stride = shapeIjk[axis] / 2;
    const before = Array.from({ length: Math.ceil(beyond / stride) }, (_, n) => n * stride);
    return [...before, Math.ceil(beyond / lattice) * lattice];
  });
  return alongK.flatMap(k =>
    alongJ.flatMap(j => alongI.map((i): Region => ({ spacingMm, cornerIjk: [i, j, k], shapeIjk }))),
  );
}

/** Where regions overlap, the mean of what is said there. */
async function foretell(
  scene: SegmentationScene,
  regions: readonly Region[],
  readOut: ReadOut,
  engine: FeatureEngine,
  signal: AbortSignal,
): Promise<ForetoldCells> {
  const cellShapeIjk = cellShapeOf(regions[0]!);
  const along = (axis: 0 | 1 | 2): readonly number[] => regions.map(({ cornerIjk }) => cornerIjk[axis]);
  const low = (axis: 0 | 1 | 2): number => Math.min(...along(axis));
  const cells = (axis: 0 | 1 | 2): number =>
    (Math.max(...along(axis)) - low(axis)) / CELL_VOXELS + cellShapeIjk[axis];
  const cornerIjk: Vector3 = [low(0), low(1), low(2)];
  const shapeIjk: Vector3 = [cells(0), cells(1), cells(2)];
  const values = new Float32Array(cellCountOf(shapeIjk));
  const counts = new Float32Array(values.length);
  for (const region of regions) {
    const levels = await engine.describe(regionSource(scene, region), signal);
    const seen = placesOf(cellsInside(scene.frame, region));
    const read = await inTurns(readCells(readOut, levels, cellShapeIjk, seen), signal);
    const [i0 = 0, j0 = 0, k0 = 0] = region.cornerIjk.map(
      (corner, axis) => (corner - cornerIjk[axis as 0 | 1 | 2]) / CELL_VOXELS,
    );
    seen.forEach((cell, n) => {
      const i = cell % cellShapeIjk[0];
      const j = Math.floor(cell / cellShapeIjk[0]) % cellShapeIjk[1];
      const k = Math.floor(cell / (cellShapeIjk[0] * cellShapeIjk[1]));
      const at = ((k + k0) * shapeIjk[1] + j + j0) * shapeIjk[0] + i + i0;
      values[at] = values[at]! + Math.max(0, read[n * TARGETS + SOFT_MASK]!);
      counts[at] = counts[at]! + 1;
    });
  }
  return {
    spacingMm: regions[0]!.spacingMm,
    cornerIjk,
    shapeIjk,
    values: values.map((sum, at) => sum / Math.max(1, counts[at]!)),
    inside: Uint8Array.from(counts, count => (count > 0 ? 1 : 0)),
  };
}

/** The mean of the exemplars' masks about the structure's centre. */
function meanShape(looks: readonly ExemplarLook[], spacingMm: number, sideMm: number): ShapeCells {
  const cellMm = CELL_VOXELS * spacingMm;
  const most = Math.min(...looks[0]!.cellShapeIjk) / 2 - 1;
  const radius = Math.min(most, Math.floor(sideMm / 2 / cellMm) + MARGIN_CELLS);
  const side = 2 * radius + 1;
  const sum = new Float32Array(side ** 3);
  for (const { shares, cellShapeIjk, firstCellMm } of looks) {
    const shift = (axis: 0 | 1 | 2): number => -firstCellMm[axis] / cellMm - radius;
    const about = shiftedCells(shares, cellShapeIjk, [shift(0), shift(1), shift(2)], [side, side, side]);
    about.forEach((share, at) => (sum[at] = sum[at]! + share));
  }
  return { side, values: normalisedShape(blurredCells(sum, [side, side, side], 1)) };
}
