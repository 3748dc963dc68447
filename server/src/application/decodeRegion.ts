import { correctedLogits, deepestVoxel } from '../domain/correctedLogits.ts';
import type { Logits } from '../domain/maskFromLogits.ts';
import type { Region } from '../domain/regionOfInterest.ts';
import type { RegionPoint, SegmentationEngine } from '../ports/segmentationEngine.ts';
import { askModel, pointsWithin, regionSource, type RegionAnswer } from './askModel.ts';
import type { Click, PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';
import { addTimings } from './timings.ts';

/** What is to be segmented: what the prompts mean, as far as a region shows it. */
export interface RegionQuestion {
  readonly region: Region;
  /** Those clicks are told that lie in the region, and the box. */
  readonly prompts: PromptSet;
  /** The mask so far, where there is one. */
  readonly previous?: Logits | undefined;
  /** Of the clicks, those made since the reader was shown that mask. */
  readonly corrections?: readonly Click[];
  /** Of the hypothesis wanted, by the IoU that the model expects of it; 0, or absent, is the best. */
  readonly rank?: number;
}

/** @throws Problem inference-failed, overloaded, cancelled */
export async function decodeRegion(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  { region, prompts, previous, corrections = [], rank = 0 }: RegionQuestion,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { box, clicks } = prompts;
  const points = pointsWithin(region, clicks);
  if (!box || !previous) return askModel(scene, engine, { region, box, points, previous, rank }, signal);
  // It makes answers better after a box, and not after clicks.
  const known = correctedLogits(previous, pointsWithin(region, corrections));
  const isRestMeant = prompts.isProbed || !clicks.some(({ include }) => include);
  const all = isRestMeant ? [...points, ...middleOf(known)] : points;
  return askModel(scene, engine, { region, box, points: all, previous: known, rank }, signal);
}

/** The answer with its border on the image's edges, and what is shown of it, where the model asks for it. */
export async function refineAnswer(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  answer: RegionAnswer,
  prompts: PromptSet,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { region, logits } = answer;
  let imageMs = 0;
  const source = regionSource(scene, region, ms => (imageMs += ms));
  const points = pointsWithin(region, prompts.clicks);
  const { modality } = scene.volume;
  const reply = await engine.refine({ ...source, points, logits: logits.values, modality }, signal);
  const timings = { encode: imageMs + reply.encodeMs, refine: reply.refineMs };
  return {
    ...answer,
    logits: { ...logits, values: reply.logits },
    ...(reply.shownLogits && { shownLogits: { ...logits, values: reply.shownLogits } }),
    timings: addTimings(answer.timings, timings),
  };
}

/**
 * Who takes away from what a box has found means the rest: the model is told so by an include click in the middle of
 * it, since exclude clicks alone do not say what is wanted. What was found by a probe needs it with every correction.
 */
function middleOf(known: Logits): readonly RegionPoint[] {
  const indexIjk = deepestVoxel(known);
  return indexIjk ? [{ indexIjk, include: true }] : [];
}
