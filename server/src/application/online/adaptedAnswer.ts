import { fusedLogits } from '../../domain/online/fusedLogits.ts';
import type { AppliedAdaptation } from '../../domain/online/onlineAdaptation.ts';
import type { RegionAnswer } from '../askModel.ts';
import type { PromptSet } from '../placedPrompt.ts';
import type { SegmentationScene } from '../segmentationScene.ts';
import { addTimings } from '../timings.ts';
import { openingOf } from './openingOf.ts';

/** The answer to a first prompt, fused with what accepted cases have taught; undefined where they say nothing to it. */
export function adaptedAnswer(
  scene: SegmentationScene,
  answer: RegionAnswer,
  prompts: PromptSet,
  { gain, weights }: AppliedAdaptation,
): RegionAnswer | undefined {
  const started = performance.now();
  const opening = openingOf(scene, answer, prompts);
  if (!opening) return undefined;
  const values = fusedLogits(opening, Float64Array.from(weights), gain);
  const timings = addTimings(answer.timings, { adapt: performance.now() - started });
  return { ...answer, logits: { ...answer.logits, values }, timings };
}
