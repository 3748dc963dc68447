import type { Vector3 } from '../domain/affine.ts';
import { AXES } from '../domain/canonicalFrame.ts';
import { logitsWithin, maskFromLogits, thresholdLogits } from '../domain/maskFromLogits.ts';
import { isWithinRegion, regionIndexOf, regionKeyOf, type Region } from '../domain/regionOfInterest.ts';
import { boxInRegion, structureAt } from '../domain/structureInRegion.ts';
import { unlikenessOf } from '../domain/unlikeness.ts';
import { fittedRegion, lookRegions, placeOfMedium } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { regionSource, type RegionAnswer } from './askModel.ts';
import { decodeRegion } from './decodeRegion.ts';
import { knownLogits } from './knownLogits.ts';
import type { Click, PromptSet } from './placedPrompt.ts';
import { VIEW_BORDER_VOXELS, type SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, sideBySide, type Timings } from './timings.ts';

/** Answers without timings, and what all of them took. */
interface Looks {
  readonly seen: readonly RegionAnswer[];
  readonly timings: Timings;
}

/** An answer of which the model expects as much is not questioned. */
const SURE_IOU = 0.4;
/** Of the expected IoU: a look that shows what does not look like the click is taken where there are no others. */
const UNLIKE_PENALTY = 1;
/** Another look has to promise so much more IoU than the view that the reader corrects. */
const TRUST_MARGIN = 0.05;

/**
 * The answer to a first click: a look of medium width about it, or, unless that is sure and shows the whole
 * structure, of all looks the one that the model trusts most tells what was clicked on; then that is segmented in a
 * region fitted to it.
 * @param prompts all so far, of which `click` is the first that includes
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function findStructure(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  prompts: PromptSet,
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { seen, timings } = await looksAbout(scene, engine, prompts, click, signal);
  const { widerLookPenalty } = scene.model.zoom;
  const trustIn = (answer: RegionAnswer, place: number): number =>
    answer.predictedIou +
    place * widerLookPenalty -
    (seen.length === 1 || isLike(scene, answer, click) ? 0 : UNLIKE_PENALTY);
  const [best] = seen
    .map((answer, place) => ({ answer, trust: trustIn(answer, place) }))
    .sort((one, other) => other.trust - one.trust);
  if (!best) throw new Error(`${scene.model.id} has no zoom level to look at`);
  return withTimings(await segmentFound(scene, engine, best.answer, prompts, click.pointMm, signal), timings);
}

/** Coarse to fine; the medium one alone where that is enough. */
async function looksAbout(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  prompts: PromptSet,
  click: Click,
  signal: AbortSignal,
): Promise<Looks> {
  const { threshold } = scene.model.logits;
  const regions = lookRegions(scene.model, scene.frame, click.pointMm);
  const place = placeOfMedium(regions);
  const medium = await look(scene, engine, regions.slice(place, place + 1), prompts, signal);
  const isEnough = (answer: RegionAnswer): boolean =>
    isSure(answer) && !reachesBorder(answer, threshold) && isLike(scene, answer, click);
  if (medium.seen.some(isEnough)) return medium;
  const others = await look(scene, engine, regions.toSpliced(place, 1), prompts, signal);
  const timings = addTimings(medium.timings, others.timings);
  return { seen: others.seen.toSpliced(place, 0, ...medium.seen), timings };
}

function isSure({ predictedIou }: RegionAnswer): boolean {
  return predictedIou >= SURE_IOU;
}

/** What was clicked looks like what was found: a nodule does not look like the organ around it. */
function isLike(scene: SegmentationScene, { region, logits }: RegionAnswer, { pointMm }: Click): boolean {
  const { unlikeDeviations } = scene.model.zoom;
  if (unlikeDeviations === undefined) return true;
  const found = structureAt(region, logits, scene.model.logits.threshold, pointMm);
  if (found.voxels.length === 0) return true;
  const image = regionSource(scene, region).image();
  return unlikenessOf(image, region.shapeIjk, found, regionIndexOf(region, pointMm)) <= unlikeDeviations;
}

function reachesBorder({ logits }: RegionAnswer, threshold: number): boolean {
  const { minIjk, maxIjk } = thresholdLogits(logits, threshold).box;
  return AXES.some(axis => minIjk[axis] === 0 || maxIjk[axis] === logits.shapeIjk[axis]);
}

/**
 * The answer to a click that contradicts the mask. Who adds what the mask lacks may mean a larger structure than
 * was found, who takes from it a smaller one: where the view is unsure, the looks of the first click that are
 * wider, or closer, are asked again with all clicks. Their embeddings are likely to be at hand.
 * @param answer what the view that the reader corrects says now
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function reconsiderStructure(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  answer: RegionAnswer,
  prompts: PromptSet,
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  if (isSure(answer)) return answer;
  const first = prompts.clicks.find(({ include }) => include) ?? click;
  const others = lookRegions(scene.model, scene.frame, first.pointMm).filter(region =>
    showsOther(region, answer.region, click),
  );
  const { seen, timings: lookTimings } = await look(scene, engine, others, prompts, signal);
  const timings = addTimings(answer.timings, lookTimings);
  const [best] = seen.toSorted((one, other) => other.predictedIou - one.predictedIou);
  if (!best || best.predictedIou <= answer.predictedIou + TRUST_MARGIN) return { ...answer, timings };
  const wanted = click.include ? click : first;
  return withTimings(await segmentFound(scene, engine, best, prompts, wanted.pointMm, signal), timings);
}

function showsOther(look: Region, view: Region, { include, pointMm }: Click): boolean {
  if (!include) return look.spacingMm < view.spacingMm;
  const showsClick = isWithinRegion(look, regionIndexOf(look, pointMm), VIEW_BORDER_VOXELS);
  return look.spacingMm > view.spacingMm && showsClick;
}

/** Looks side by side; what they took is told for all together. */
async function look(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  regions: readonly Region[],
  prompts: PromptSet,
  signal: AbortSignal,
): Promise<Looks> {
  const started = performance.now();
  // The closest region first: it is read from the volume the soonest, and the wider ones while it is encoded.
  const asked = regions.toReversed().map(region => decodeRegion(scene, engine, { region, prompts }, signal));
  const seen = (await Promise.all(asked)).toReversed();
  throwIfCancelled(signal);
  const timings = sideBySide(
    seen.map(answer => answer.timings),
    performance.now() - started,
  );
  return { seen: seen.map(answer => ({ ...answer, timings: {} })), timings };
}

/**
 * The structure that a look found at a position (mm in the canonical frame), in the region fitted to it.
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function segmentFound(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  seen: RegionAnswer,
  prompts: PromptSet,
  pointMm: Vector3,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { model, frame, volume } = scene;
  const { threshold } = model.logits;
  const found = structureAt(seen.region, seen.logits, threshold, pointMm);
  const region = fittedRegion(model, seen.region, boxInRegion(seen.region, found), pointMm);
  if (regionKeyOf('', region) === regionKeyOf('', seen.region)) return seen;
  const own = logitsWithin(seen.logits, found);
  const mask = maskFromLogits(own, threshold, seen.region, frame, volume.geometry.shapeIjk);
  const previous = knownLogits(scene, mask, region);
  const answer = await decodeRegion(scene, engine, { region, prompts, previous }, signal);
  return withTimings(answer, seen.timings);
}

function withTimings(answer: RegionAnswer, before: Timings): RegionAnswer {
  return { ...answer, timings: addTimings(before, answer.timings) };
}
