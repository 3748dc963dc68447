import type { Vector3 } from '../../domain/affine.ts';
import {
  CELL_VOXELS,
  blurredCells,
  cellPlaceMm,
  cellShapeOf,
  cellsInside,
  evenlyChosen,
  withinSteps,
} from '../../domain/likeness/cells.ts';
import { describedCells, type Features } from '../../domain/likeness/describedCells.ts';
import type { LikenessSettings } from '../../domain/likeness/likenessSettings.ts';
import { maskShares, type Bounds } from '../../domain/likeness/maskOfRegion.ts';
import type { Mask } from '../../domain/mask.ts';
import { snappedRegion, type Region } from '../../domain/regionOfInterest.ts';
import type { FeatureEngine } from '../../ports/featureEngine.ts';
import { regionSource } from '../askModel.ts';
import type { SegmentationScene } from '../segmentationScene.ts';

/** Cells of an exemplar that a query is compared with, one a row. */
export interface Tokens {
  readonly features: Features;
  /** (rows, 3) mm i, j, k, from the structure's centre. */
  readonly placesMm: Float32Array;
  /** (rows, TARGETS) */
  readonly targets: Float32Array;
}

/** A structure of an exemplar, in a region about it. */
export interface ExemplarLook {
  readonly cellShapeIjk: Vector3;
  /** Centre of the first cell, mm from the structure's centre. */
  readonly firstCellMm: Vector3;
  /** Of each cell, that the mask fills. */
  readonly shares: Float32Array;
  /** Of the structure and what lies about it. */
  readonly near: Tokens;
  /** Of all that the region shows. */
  readonly far: Tokens;
}

export interface LookRequest {
  readonly mask: Mask;
  readonly bounds: Bounds;
  readonly spacingMm: number;
  /** Of the structure, in all exemplars. */
  readonly sideMm: number;
  readonly nearTokens: number;
  readonly farTokens: number;
}

/** What features should foretell: the mask, and how deep in or far from it a cell is. */
export const TARGETS = 3;
/** Of the targets, the one that a structure is found by: a mask whose border is soft. */
export const SOFT_MASK = 1;
/** A cell that the mask fills as far is one of the structure. */
const FILLED = 0.3;
const BLUR_RADII = [0, 1, 3] as const;

/** @throws Problem inference-failed, overloaded, cancelled */
export async function lookAtExemplar(
  scene: SegmentationScene,
  { mask, bounds, spacingMm, sideMm, nearTokens, farTokens }: LookRequest,
  settings: LikenessSettings,
  engine: FeatureEngine,
  signal: AbortSignal,
): Promise<ExemplarLook> {
  const region = snappedRegion(scene.model, bounds.centreMm, spacingMm);
  const levels = await engine.describe(regionSource(scene, region), signal);
  const cellShapeIjk = cellShapeOf(region);
  const shares = maskShares(mask, scene.volume.geometry, region);
  const inside = cellsInside(scene.frame, region);
  const structure = Uint8Array.from(shares, share => (share > FILLED ? 1 : 0));
  const reached = withinSteps(structure, cellShapeIjk, reachSteps(sideMm, spacingMm, settings)).map(
    (cell, at) => cell & inside[at]!,
  );
  const blurred = BLUR_RADII.map(radius =>
    radius === 0 ? shares : blurredCells(shares, cellShapeIjk, radius),
  );
  const tokensAt = (chosen: Int32Array): Tokens => ({
    features: describedCells(levels, cellShapeIjk, chosen),
    placesMm: cellPlaces(region, cellShapeIjk, bounds.centreMm, chosen),
    targets: Float32Array.from({ length: chosen.length * TARGETS }, (_, n) => {
      return blurred[n % TARGETS]![chosen[Math.floor(n / TARGETS)]!]!;
    }),
  });
  return {
    cellShapeIjk,
    firstCellMm: firstCellMm(region, bounds.centreMm),
    shares,
    near: tokensAt(evenlyChosen(reached, nearTokens)),
    far: tokensAt(evenlyChosen(inside, farTokens)),
  };
}

export function bytesOfLook({ shares, near, far }: ExemplarLook): number {
  const rows = [near, far].flatMap(({ features, placesMm, targets }) => [features.rows, placesMm, targets]);
  return [shares, ...rows].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Cells around a structure that say what lies about it. */
export function reachSteps(sideMm: number, spacingMm: number, { reach }: LikenessSettings): number {
  return Math.max(2, Math.floor((reach * sideMm) / (CELL_VOXELS * spacingMm) + 0.5));
}

export function firstCellMm(region: Region, centreMm: Vector3): Vector3 {
  const along = (axis: 0 | 1 | 2): number => cellPlaceMm(region, axis, 0) - centreMm[axis];
  return [along(0), along(1), along(2)];
}

/** (cells, 3) mm i, j, k, from a centre. */
export function cellPlaces(
  region: Region,
  [columns, rows]: Vector3,
  centreMm: Vector3,
  chosen: Int32Array,
): Float32Array {
  const places = new Float32Array(3 * chosen.length);
  chosen.forEach((cell, n) => {
    const index = [cell % columns, Math.floor(cell / columns) % rows, Math.floor(cell / (columns * rows))];
    for (const axis of [0, 1, 2] as const) {
      places[3 * n + axis] = cellPlaceMm(region, axis, index[axis]!) - centreMm[axis];
    }
  });
  return places;
}
