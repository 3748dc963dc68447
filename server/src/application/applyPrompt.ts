import type { Vector3 } from '../domain/affine.ts';
import { componentsHolding, nearestComponent } from '../domain/connectedComponents.ts';
import { intersectBoxes, isEmptyBox, type IndexBox } from '../domain/indexBox.ts';
import { emptyMask, mergeMasks, type Mask } from '../domain/mask.ts';
import { logitsFromMask, maskFromLogits, thresholdLogits, type Logits } from '../domain/maskFromLogits.ts';
import {
  isWithinRegion,
  regionBoxInVolume,
  regionIndexOf,
  regionKeyOf,
  snappedRegion,
  type Region,
} from '../domain/regionOfInterest.ts';
import { startRegion, targetRegion } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { decodeRegion, type RegionAnswer } from './decodeRegion.ts';
import type { Click, SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, timed, type Timings } from './timings.ts';

/** A segment after some prompts. */
export interface PromptState {
  readonly mask: Mask;
  readonly predictedIou: number;
  /** What the model last saw and said; absent while nothing was asked of it. */
  readonly view?: { readonly region: Region; readonly logits: Logits };
}

/** A segment after one more prompt, and what that took: `encode`, `decode`, `mask`. */
export interface PromptOutcome {
  readonly state: PromptState;
  readonly timings: Timings;
}

/** A click nearer to the region's border (in its voxels) is looked at in a region of its own. */
const VIEW_BORDER_VOXELS = 4;
/** Logits that the model is told for a mask whose own logits are of another region. */
const MASK_CONFIDENCE = 6;

export function untouched(scene: SegmentationScene): PromptState {
  return { mask: emptyMask(scene.volume.geometry.shapeIjk), predictedIou: 0 };
}

/**
 * The segment after one more click.
 * @param clicks all clicks so far, the new one last
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function applyPrompt(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  before: PromptState,
  clicks: readonly Click[],
  signal: AbortSignal,
): Promise<PromptOutcome> {
  const click = clicks.at(-1);
  // Excluding alone does not say what is wanted.
  if (!click || !clicks.some(({ include }) => include)) {
    return { state: before, timings: {} };
  }
  const answer = before.view
    ? await lookAgain(scene, engine, before.mask, before.view, clicks, click, signal)
    : await lookFirst(scene, engine, clicks, click, signal);
  throwIfCancelled(signal);
  const mask = await timed('mask', () => updatedMask(scene, before.mask, answer, clicks));
  const { region, logits, predictedIou } = answer;
  const state = { mask: mask.result, predictedIou, view: { region, logits } };
  return { state, timings: addTimings(answer.timings, mask.timings) };
}

/** Coarse to fine: find the structure, then look at it as closely as it fits. */
async function lookFirst(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  clicks: readonly Click[],
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { model, frame } = scene;
  const start = startRegion(model, frame, click.pointMm);
  const coarse = await decodeRegion(scene, engine, start, clicks, undefined, signal);
  throwIfCancelled(signal);
  const target = targetRegion(
    model,
    start,
    structureAt(coarse, model.logits.threshold, click),
    click.pointMm,
  );
  if (regionKeyOf('', target) === regionKeyOf('', start)) return coarse;
  const fine = await decodeRegion(scene, engine, target, clicks, undefined, signal);
  return { ...fine, timings: addTimings(coarse.timings, fine.timings) };
}

/** Box, in voxels of the region, of what the model took the click for. */
function structureAt({ region, logits }: RegionAnswer, threshold: number, click: Click): IndexBox {
  const regionVoxels = region.shapeIjk;
  const logitVoxels = logits.shapeIjk;
  const clicked = regionIndexOf(region, click.pointMm);
  const toLogit = (axis: 0 | 1 | 2): number =>
    ((clicked[axis] + 0.5) * logitVoxels[axis]) / regionVoxels[axis] - 0.5;
  const found = nearestComponent(thresholdLogits(logits, threshold), [toLogit(0), toLogit(1), toLogit(2)]);
  const toRegion = (edge: Vector3): Vector3 => [
    (edge[0] * regionVoxels[0]) / logitVoxels[0],
    (edge[1] * regionVoxels[1]) / logitVoxels[1],
    (edge[2] * regionVoxels[2]) / logitVoxels[2],
  ];
  return { minIjk: toRegion(found.box.minIjk), maxIjk: toRegion(found.box.maxIjk) };
}

async function lookAgain(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  mask: Mask,
  view: NonNullable<PromptState['view']>,
  clicks: readonly Click[],
  click: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { region, logits } = view;
  if (isWithinRegion(region, regionIndexOf(region, click.pointMm), VIEW_BORDER_VOXELS)) {
    return decodeRegion(scene, engine, region, clicks, logits, signal);
  }
  const next = snappedRegion(scene.model, click.pointMm, region.spacingMm);
  const overlaps = !isEmptyBox(intersectBoxes(mask.box, regionBoxInVolume(scene.frame, next)));
  const previous = overlaps
    ? logitsFromMask(mask, next, scene.frame, logits.shapeIjk, MASK_CONFIDENCE)
    : undefined;
  return decodeRegion(scene, engine, next, clicks, previous, signal);
}

/** The answer replaces the mask where the model looked; islands that nobody clicked on are dropped. */
function updatedMask(
  scene: SegmentationScene,
  before: Mask,
  { region, logits }: RegionAnswer,
  clicks: readonly Click[],
): Mask {
  const { frame, model, volume } = scene;
  const { shapeIjk } = volume.geometry;
  const answered = maskFromLogits(logits, model.logits.threshold, region, frame, shapeIjk);
  const merged = mergeMasks(before, answered, regionBoxInVolume(frame, region));
  const included = clicks.filter(({ include }) => include).map(({ indexIjk }) => indexIjk);
  return componentsHolding(merged, included);
}
