import { nearestComponent } from '../domain/connectedComponents.ts';
import { emptyMask, voxelAt, type Mask } from '../domain/mask.ts';
import type { Logits } from '../domain/maskFromLogits.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import { regionAboutBox } from '../domain/regionAboutBox.ts';
import {
  isWithinRegion,
  regionIndexOf,
  showsPoint,
  snappedRegion,
  type Region,
} from '../domain/regionOfInterest.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import type { RegionAnswer } from './askModel.ts';
import { decodeRegion, refineAnswer } from './decodeRegion.ts';
import { findStructure, reconsiderStructure } from './findStructure.ts';
import { followDrawing } from './followDrawing.ts';
import { knownLogits } from './knownLogits.ts';
import { adaptedAnswer } from './online/adaptedAnswer.ts';
import { promptSetOf, type Click, type PlacedPrompt, type PromptSet } from './placedPrompt.ts';
import { resizeStructure } from './resizeStructure.ts';
import { segmentInBox } from './segmentInBox.ts';
import { VIEW_BORDER_VOXELS, type SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import { updatedMask } from './updatedMask.ts';

/** A segment after some prompts. */
export interface PromptState {
  readonly mask: Mask;
  readonly predictedIou: number;
  /** What the model last saw and said; absent while nothing was asked of it. */
  readonly view?: { readonly region: Region; readonly logits: Logits };
  /** The structure of the box that was drawn last was looked for at several places. */
  readonly isProbed?: boolean;
  /** What the segment was opened with: its islands stay without being clicked on. */
  readonly opened?: Mask;
  /** The answer to the first prompt was fused with what accepted cases have taught. */
  readonly isAdapted?: true;
}

/** A segment after one more prompt, and what that took: `encode`, `decode`, `refine`, `mask`. */
export interface PromptOutcome {
  readonly state: PromptState;
  readonly timings: Timings;
}

export function untouched(scene: SegmentationScene): PromptState {
  return { mask: emptyMask(scene.volume.geometry.shapeIjk), predictedIou: 0 };
}

/** A segment that was opened with a mask, before any prompt. */
export function opened(mask: Mask): PromptState {
  return { mask, predictedIou: 0, opened: mask };
}

/**
 * The segment after one more prompt.
 * @param placed all prompts so far, the new one last
 * @param adaptation has its say where a click opens the segment; what corrects it is the reader's alone
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function applyPrompt(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  before: PromptState,
  placed: readonly PlacedPrompt[],
  adaptation: AppliedAdaptation | undefined,
  signal: AbortSignal,
): Promise<PromptOutcome> {
  const prompt = placed.at(-1);
  const prompts = { ...promptSetOf(scene.model, placed), isProbed: before.isProbed ?? false };
  // Excluding alone does not say what is wanted, unless there is something to take away from.
  if (!prompt || !(prompts.box || before.opened || prompts.clicks.some(({ include }) => include))) {
    return { state: before, timings: {} };
  }
  const found = await answerTo(scene, engine, before, prompts, prompt, signal);
  if (!found) return { state: before, timings: {} };
  throwIfCancelled(signal);
  const isOpening = prompt.kind === 'clicks' && !before.view && !before.opened;
  const adapted = isOpening && adaptation ? adaptedAnswer(scene, found, prompts, adaptation) : undefined;
  const answer = await refineAnswer(scene, engine, adapted ?? found, prompts, signal);
  // A box, or another size, starts anew: what was found before is not meant.
  const known = prompt.kind === 'clicks' ? before : untouched(scene);
  const put = await timed('mask', () => updatedMask(scene, known, answer, prompts));
  const shown = { ...known, mask: put.result, answer, timings: addTimings(answer.timings, put.timings) };
  const clicks = prompt.kind === 'clicks' ? prompt.clicks : [];
  const { mask, answer: last, timings } = await followDrawing(scene, engine, shown, prompts, clicks, signal);
  const { region, logits, predictedIou } = last;
  const { isProbed = false } = prompt.kind === 'box' ? answer : before;
  const state = {
    ...{ mask, predictedIou, view: { region, logits }, isProbed },
    ...(known.opened && { opened: known.opened }),
    ...((adapted ?? known.isAdapted) && { isAdapted: true as const }),
  };
  return { state, timings };
}

/** Undefined where the prompt changes nothing. */
async function answerTo(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  { mask, view, opened: openedMask }: PromptState,
  prompts: PromptSet,
  prompt: PlacedPrompt,
  signal: AbortSignal,
): Promise<RegionAnswer | undefined> {
  if (prompt.kind === 'box') return segmentInBox(scene, engine, prompts, prompt, signal);
  if (prompt.kind === 'size') {
    return view && resizeStructure(scene, engine, mask, view.region, prompts, prompt.wish, signal);
  }
  if (!view) {
    return openedMask
      ? lookAtOpened(scene, engine, openedMask, prompts, prompt.anchor, signal)
      : findStructure(scene, engine, prompts, prompt.anchor, signal);
  }
  const answer = await lookAgain(scene, engine, mask, view, prompts, prompt, signal);
  throwIfCancelled(signal);
  // Other looks know nothing of a mask that the segment was opened with, which clicks say too little of.
  if (prompts.isSized || openedMask || holdsClick(mask, prompt.anchor) === prompt.anchor.include)
    return answer;
  const other = await reconsiderStructure(scene, engine, answer, prompts, prompt.anchor, signal);
  throwIfCancelled(signal);
  return isHeeded(scene, mask, other, prompts, prompt.anchor) ? other : { ...answer, timings: other.timings };
}

/** Beyond the region of an answer the mask stays: an exclude click there has an effect only where its piece is dropped. */
function isHeeded(
  scene: SegmentationScene,
  mask: Mask,
  answer: RegionAnswer,
  prompts: PromptSet,
  click: Click,
): boolean {
  if (click.include || showsPoint(answer.region, click.pointMm)) return true;
  return !holdsClick(updatedMask(scene, { mask }, answer, prompts), click);
}

function holdsClick(mask: Mask, { indexIjk: [i, j, k] }: Click): boolean {
  return voxelAt(mask, Math.round(i), Math.round(j), Math.round(k)) === 1;
}

/** The first correction of a segment that was opened: in a region fitted to the part of it that is nearest to the click. */
function lookAtOpened(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  mask: Mask,
  prompts: PromptSet,
  { indexIjk, pointMm }: Click,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { box } = nearestComponent(mask, indexIjk);
  const region = regionAboutBox(scene.model, scene.frame, box, pointMm);
  const previous = knownLogits(scene, mask, region);
  return decodeRegion(scene, engine, { region, prompts, previous }, signal);
}

function lookAgain(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  mask: Mask,
  view: NonNullable<PromptState['view']>,
  prompts: PromptSet,
  { clicks, anchor }: Extract<PlacedPrompt, { kind: 'clicks' }>,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const inView = clicks.every(({ pointMm }) =>
    isWithinRegion(view.region, regionIndexOf(view.region, pointMm), VIEW_BORDER_VOXELS),
  );
  const region = inView ? view.region : snappedRegion(scene.model, anchor.pointMm, view.region.spacingMm);
  const previous = inView ? view.logits : knownLogits(scene, mask, region);
  return decodeRegion(scene, engine, { region, prompts, previous, corrections: clicks }, signal);
}
