import { regionsOfRest } from '../domain/regionsOfRest.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import type { RegionAnswer } from './askModel.ts';
import { decodeRegion, refineAnswer } from './decodeRegion.ts';
import { knownLogits } from './knownLogits.ts';
import type { Click, PromptSet } from './placedPrompt.ts';
import { VIEW_BORDER_VOXELS, type SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import { updatedMask, type MaskBefore } from './updatedMask.ts';

/** A mask after the last answer that was put into it. */
export interface DrawnMask extends MaskBefore {
  readonly answer: RegionAnswer;
  readonly timings: Timings;
}

/**
 * A scribble or lasso may be longer than the region that was looked at: what lies beyond it is answered in further
 * regions, one after the other, each told of the mask so far. A click is answered where it lies.
 * @param shown after the first answer
 * @param prompts all so far, of which `clicks` are the last
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function followDrawing(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  shown: DrawnMask,
  prompts: PromptSet,
  clicks: readonly Click[],
  signal: AbortSignal,
): Promise<DrawnMask> {
  if (clicks.length < 2) return shown;
  const pointsMm = clicks.map(({ pointMm }) => pointMm);
  const regions = regionsOfRest(scene.model, shown.answer.region, pointsMm, VIEW_BORDER_VOXELS);
  const isIncluded = clicks.some(({ include }) => include);
  let drawn = shown;
  for (const region of regions) {
    throwIfCancelled(signal);
    const previous = knownLogits(scene, drawn.mask, region);
    // There is nothing to take away.
    if (!previous && !isIncluded) continue;
    const question = { region, prompts, previous, corrections: clicks };
    const found = await decodeRegion(scene, engine, question, signal);
    const answer = await refineAnswer(scene, engine, found, prompts, signal);
    const { result: mask, timings } = await timed('mask', () => updatedMask(scene, drawn, answer, prompts));
    drawn = { ...drawn, mask, answer, timings: addTimings(drawn.timings, answer.timings, timings) };
  }
  return drawn;
}
