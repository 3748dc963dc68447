import type { Vector3 } from '../../domain/affine.ts';
import { deepestVoxel } from '../../domain/correctedLogits.ts';
import { attend, comparedOf } from '../../domain/likeness/attention.ts';
import {
  CELL_VOXELS,
  cellCountOf,
  cellShapeOf,
  cellsInside,
  placesOf,
  withinSteps,
} from '../../domain/likeness/cells.ts';
import { regridded } from '../../domain/likeness/describedCells.ts';
import type { LikenessSettings } from '../../domain/likeness/likenessSettings.ts';
import { shiftedCells } from '../../domain/likeness/propagate.ts';
import { readCells } from '../../domain/likeness/readCells.ts';
import { fittedReadOut, readFeatures } from '../../domain/likeness/readOut.ts';
import type { Logits } from '../../domain/maskFromLogits.ts';
import { snappedRegion, type Region } from '../../domain/regionOfInterest.ts';
import { regionSource } from '../askModel.ts';
import { inTurns } from '../inTurns.ts';
import type { SegmentationScene } from '../segmentationScene.ts';
import type { LikenessPorts } from './exemplarCase.ts';
import { TARGETS, cellPlaces, firstCellMm, reachSteps, type ExemplarLook } from './exemplarLook.ts';
import { joinedTokens } from './joinedTokens.ts';
import type { StructurePlan } from './structurePlan.ts';

/** Probabilities (K', J', I') over a region. */
export interface FoundStructure {
  readonly region: Region;
  readonly probabilities: Logits;
}

/** Cells that no exemplar's mask comes to are not asked, but around those. */
const LEAST_PRIOR = 0.05;
const CERTAINTY = 1e-3;
const SUREST_LOGIT = 6;
const STEEPEST_LOGIT = 20;
export const PROBABLE = 0.5;
/** Of the highest probability, where none is above a half: there is clicked. */
const CLICK_SHARE = 0.8;
const CELLS_A_TURN = 64;

/**
 * A structure about a place: what the exemplars' masks, put there, and their tokens say, then what the mask decoder
 * makes of that and a click deep inside. The method's Python does the same.
 * @param looks at the exemplars @param placeMm in the canonical frame of the query
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function segmentStructure(
  scene: SegmentationScene,
  looks: readonly ExemplarLook[],
  { spacingMm, sideMm }: StructurePlan,
  placeMm: Vector3,
  settings: LikenessSettings,
  engine: LikenessPorts['engine'],
  signal: AbortSignal,
): Promise<FoundStructure> {
  const region = snappedRegion(scene.model, placeMm, spacingMm);
  const cellShapeIjk = cellShapeOf(region);
  const prior = propagated(looks, region, placeMm);
  const inside = cellsInside(scene.frame, region);
  const about = Uint8Array.from(prior, share => (share > LEAST_PRIOR ? 1 : 0));
  const asked = placesOf(
    withinSteps(about, cellShapeIjk, reachSteps(sideMm, spacingMm, settings)).map(
      (cell, at) => cell & inside[at]!,
    ),
  );
  const tokens = joinedTokens(looks.map(({ near }) => near));
  const readOut = await inTurns(
    fittedReadOut(tokens.features, tokens.targets, TARGETS, settings.ridge),
    signal,
  );
  const levels = await engine.describe(regionSource(scene, region), signal);
  const inSides = (placesMm: Float32Array): Float32Array => placesMm.map(mm => mm / sideMm);
  const keys = comparedOf(inSides(tokens.placesMm), readFeatures(readOut, tokens.features), settings);
  const queries = comparedOf(
    inSides(cellPlaces(region, cellShapeIjk, placeMm, asked)),
    await inTurns(readCells(readOut, levels, cellShapeIjk, asked), signal),
    settings,
  );
  const shares = tokens.targets.filter((_, n) => n % TARGETS === 0);
  const attention = await inTurns(attendAll(queries, keys, shares, asked.length), signal);
  const { priorShare } = settings;
  const likely = prior.map((share, at) => (inside[at] ? priorShare * share : 0));
  asked.forEach((at, n) => (likely[at] = likely[at]! + (1 - priorShare) * attention[n]!));
  return { region, probabilities: await decoded(scene, region, likely, settings, engine, signal) };
}

function* attendAll(
  queries: ReturnType<typeof comparedOf>,
  keys: ReturnType<typeof comparedOf>,
  shares: Float32Array,
  count: number,
): Generator<undefined, Float32Array> {
  const found = new Float32Array(count);
  for (let from = 0; from < count; from += CELLS_A_TURN) {
    found.set(attend(queries, keys, shares, from, Math.min(count, from + CELLS_A_TURN)), from);
    yield;
  }
  return found;
}

/** The mean of the exemplars' masks, with the structure's centre at a place. */
function propagated(looks: readonly ExemplarLook[], region: Region, placeMm: Vector3): Float32Array {
  const cellShapeIjk = cellShapeOf(region);
  const first = firstCellMm(region, placeMm);
  const cellMm = CELL_VOXELS * region.spacingMm;
  const mean = new Float32Array(cellCountOf(cellShapeIjk));
  for (const look of looks) {
    const shift = (axis: 0 | 1 | 2): number => (first[axis] - look.firstCellMm[axis]) / cellMm;
    const put = shiftedCells(look.shares, look.cellShapeIjk, [shift(0), shift(1), shift(2)], cellShapeIjk);
    put.forEach((share, at) => (mean[at] = mean[at]! + share / looks.length));
  }
  return mean;
}

async function decoded(
  scene: SegmentationScene,
  region: Region,
  likelyCells: Float32Array,
  { decoderShare }: LikenessSettings,
  engine: LikenessPorts['engine'],
  signal: AbortSignal,
): Promise<Logits> {
  const [k, j, i] = scene.model.logits.shapeKji;
  const shapeIjk: Vector3 = [i, j, k];
  const likely = regridded(likelyCells, cellShapeOf(region), shapeIjk);
  const highest = likely.reduce((most, one) => Math.max(most, one), 0);
  if (highest < CERTAINTY) return { shapeIjk, values: likely };
  const threshold = Math.min(PROBABLE, CLICK_SHARE * highest);
  const deepest = deepestVoxel({ shapeIjk, values: likely.map(one => one - threshold) });
  const previousLogits = likely.map(one =>
    Math.min(SUREST_LOGIT, Math.max(-SUREST_LOGIT, Math.log((one + CERTAINTY) / (1 - one + CERTAINTY)))),
  );
  const points = deepest ? [{ indexIjk: indexInRegion(deepest, shapeIjk, region), include: true }] : [];
  const { logits } = await engine.predict({ ...regionSource(scene, region), points, previousLogits }, signal);
  const values = likely.map((one, at) => {
    const logit = Math.min(STEEPEST_LOGIT, Math.max(-STEEPEST_LOGIT, logits[at]!));
    return (1 - decoderShare) * one + decoderShare / (1 + Math.exp(-logit));
  });
  return { shapeIjk, values };
}

/** Index of a logit → voxel index of the region, which may have another resolution. */
function indexInRegion(indexIjk: Vector3, shapeIjk: Vector3, region: Region): Vector3 {
  const along = (axis: 0 | 1 | 2): number =>
    ((indexIjk[axis] + 0.5) * region.shapeIjk[axis]) / shapeIjk[axis] - 0.5;
  return [along(0), along(1), along(2)];
}
