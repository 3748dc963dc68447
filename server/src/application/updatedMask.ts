import { componentsHolding } from '../domain/connectedComponents.ts';
import { mergeMasks, type Mask } from '../domain/mask.ts';
import { maskFromLogits } from '../domain/maskFromLogits.ts';
import { regionBoxInVolume } from '../domain/regionOfInterest.ts';
import type { RegionAnswer } from './askModel.ts';
import type { PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';

/** What an answer is put into: the mask so far, and what the segment was opened with. */
export interface MaskBefore {
  readonly mask: Mask;
  readonly opened?: Mask;
}

/** The answer replaces the mask where the model looked; islands that no prompt touches are dropped. */
export function updatedMask(
  scene: SegmentationScene,
  before: MaskBefore,
  { region, logits, shownLogits = logits }: RegionAnswer,
  { clicks, box }: PromptSet,
): Mask {
  const { frame, model, volume } = scene;
  const { shapeIjk } = volume.geometry;
  const answered = maskFromLogits(shownLogits, model.logits.threshold, region, frame, shapeIjk);
  const merged = mergeMasks(before.mask, answered, regionBoxInVolume(frame, region));
  const included = clicks.filter(({ include }) => include).map(({ indexIjk }) => indexIjk);
  return componentsHolding(merged, included, box?.voxels, before.opened);
}
