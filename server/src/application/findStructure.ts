import { logitsWithin, maskFromLogits } from '../domain/maskFromLogits.ts';
import { isWithinRegion, regionIndexOf, regionKeyOf, type Region } from '../domain/regionOfInterest.ts';
import { boxInRegion, structureAt } from '../domain/structureInRegion.ts';
import { fittedRegion, lookRegions } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { decodeRegion, type RegionAnswer } from './decodeRegion.ts';
import { knownLogits } from './knownLogits.ts';
import { VIEW_BORDER_VOXELS, type Click, type SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, type Timings } from './timings.ts';

/** Another look has to promise so much more IoU than the view that the reader corrects. */
const TRUST_MARGIN = 0.05;

/**
 * The answer to a first click: of several looks about it, coarse to fine, the one that the model trusts most
 * tells what was clicked on; then that is segmented in a region fitted to it.
 * @param clicks all clicks so far, of which `click` is the first that includes
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function findStructure(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  clicks: readonly Click[],
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const regions = lookRegions(scene.model, scene.frame, click.pointMm);
  const { widerLookPenalty } = scene.model.zoom;
  const { best, timings } = await look(scene, engine, regions, clicks, signal, widerLookPenalty);
  if (!best) throw new Error(`${scene.model.id} has no zoom level to look at`);
  return withTimings(await segmentFound(scene, engine, best, clicks, click, signal), timings);
}

/**
 * Who adds what the mask lacks may mean a larger structure than was found, who takes from it a smaller one: the
 * looks of the first click that are wider, or closer, are asked again with all clicks. Their embeddings are likely
 * to be at hand.
 * @param answer what the view so far says
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function reconsiderStructure(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  answer: RegionAnswer,
  clicks: readonly Click[],
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const first = clicks.find(({ include }) => include) ?? click;
  const others = lookRegions(scene.model, scene.frame, first.pointMm).filter(region =>
    showsOther(region, answer.region, click),
  );
  const { best, timings } = await look(scene, engine, others, clicks, signal);
  const spent = addTimings(answer.timings, timings);
  const wanted = click.include ? click : first;
  if (!best || best.predictedIou <= answer.predictedIou + TRUST_MARGIN) return { ...answer, timings: spent };
  return withTimings(await segmentFound(scene, engine, best, clicks, wanted, signal), spent);
}

function showsOther(look: Region, view: Region, { include, pointMm }: Click): boolean {
  if (!include) return look.spacingMm < view.spacingMm;
  const showsClick = isWithinRegion(look, regionIndexOf(look, pointMm), VIEW_BORDER_VOXELS);
  return look.spacingMm > view.spacingMm && showsClick;
}

/**
 * The answer that the model trusts most, its own timings left out, and what all of them took.
 * @param widerLookPenalty what the trust in a region counts less for each one behind it
 */
async function look(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  regions: readonly Region[],
  clicks: readonly Click[],
  signal: AbortSignal,
  widerLookPenalty = 0,
): Promise<{ best: RegionAnswer | undefined; timings: Timings }> {
  let best: RegionAnswer | undefined;
  let bestTrust = -Infinity;
  let timings: Timings = {};
  for (const [place, region] of regions.entries()) {
    const seen = await decodeRegion(scene, engine, region, clicks, undefined, signal);
    throwIfCancelled(signal);
    timings = addTimings(timings, seen.timings);
    const trust = seen.predictedIou + place * widerLookPenalty;
    if (trust <= bestTrust) continue;
    bestTrust = trust;
    best = { ...seen, timings: {} };
  }
  return { best, timings };
}

/** The structure that a look found, in the region fitted to it. */
async function segmentFound(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  seen: RegionAnswer,
  clicks: readonly Click[],
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { model, frame, volume } = scene;
  const { threshold } = model.logits;
  const found = structureAt(seen.region, seen.logits, threshold, click.pointMm);
  const region = fittedRegion(model, seen.region, boxInRegion(seen.region, found), click.pointMm);
  if (regionKeyOf('', region) === regionKeyOf('', seen.region)) return seen;
  const own = logitsWithin(seen.logits, found);
  const mask = maskFromLogits(own, threshold, seen.region, frame, volume.geometry.shapeIjk);
  return decodeRegion(scene, engine, region, clicks, knownLogits(scene, mask, region), signal);
}

function withTimings(answer: RegionAnswer, before: Timings): RegionAnswer {
  return { ...answer, timings: addTimings(before, answer.timings) };
}
