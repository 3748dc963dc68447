import { isAdaptableOnline } from '../../domain/online/onlineAdaptation.ts';
import type { Opening } from '../../domain/online/openingFeatures.ts';
import { isWithinRegion, regionIndexOf } from '../../domain/regionOfInterest.ts';
import { regionSource, type RegionAnswer } from '../askModel.ts';
import type { PromptSet } from '../placedPrompt.ts';
import type { SegmentationScene } from '../segmentationScene.ts';

/** What the auxiliary model is shown of the frozen model's answer to a first prompt; undefined where that was no click. */
export function openingOf(
  scene: SegmentationScene,
  { region, logits }: RegionAnswer,
  prompts: PromptSet,
): Opening | undefined {
  const includedIjk = prompts.clicks
    .filter(({ include }) => include)
    .map(({ pointMm }) => regionIndexOf(region, pointMm))
    .filter(indexIjk => isWithinRegion(region, indexIjk, -0.5));
  if (prompts.isSized || includedIjk.length === 0 || !isAdaptableOnline(scene.model)) return undefined;
  return {
    edge: region.shapeIjk[0],
    spacingMm: region.spacingMm,
    logits: logits.values,
    image: regionSource(scene, region).image(),
    includedIjk,
  };
}
