import { componentsHolding } from '../domain/connectedComponents.ts';
import { emptyMask, mergeMasks, voxelAt, type Mask } from '../domain/mask.ts';
import { maskFromLogits, type Logits } from '../domain/maskFromLogits.ts';
import {
  isWithinRegion,
  regionBoxInVolume,
  regionIndexOf,
  snappedRegion,
  type Region,
} from '../domain/regionOfInterest.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { decodeRegion, refineAnswer, type RegionAnswer } from './decodeRegion.ts';
import { findStructure, reconsiderStructure } from './findStructure.ts';
import { knownLogits } from './knownLogits.ts';
import { VIEW_BORDER_VOXELS, type Click, type SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, timed, type Timings } from './timings.ts';

/** A segment after some prompts. */
export interface PromptState {
  readonly mask: Mask;
  readonly predictedIou: number;
  /** What the model last saw and said; absent while nothing was asked of it. */
  readonly view?: { readonly region: Region; readonly logits: Logits };
}

/** A segment after one more prompt, and what that took: `encode`, `decode`, `refine`, `mask`. */
export interface PromptOutcome {
  readonly state: PromptState;
  readonly timings: Timings;
}

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
  const found = before.view
    ? await lookAgain(scene, engine, before.mask, before.view, clicks, click, signal)
    : await findStructure(scene, engine, clicks, click, signal);
  throwIfCancelled(signal);
  const answer = await refineAnswer(scene, engine, found, clicks, signal);
  const mask = await timed('mask', () => updatedMask(scene, before.mask, answer, clicks));
  const { region, logits, predictedIou } = answer;
  const state = { mask: mask.result, predictedIou, view: { region, logits } };
  return { state, timings: addTimings(answer.timings, mask.timings) };
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
  const inView = isWithinRegion(view.region, regionIndexOf(view.region, click.pointMm), VIEW_BORDER_VOXELS);
  const region = inView ? view.region : snappedRegion(scene.model, click.pointMm, view.region.spacingMm);
  const known = inView ? view.logits : knownLogits(scene, mask, region);
  const [i, j, k] = click.indexIjk;
  const isInMask = voxelAt(mask, Math.round(i), Math.round(j), Math.round(k)) === 1;
  const answer = await decodeRegion(scene, engine, region, clicks, known, signal);
  throwIfCancelled(signal);
  return click.include === isInMask
    ? answer
    : reconsiderStructure(scene, engine, answer, clicks, click, signal);
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
