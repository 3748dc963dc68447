import { hasVoxelIn, type Mask } from '../domain/mask.ts';
import { MASK_CONFIDENCE, logitsFromMask, type Logits } from '../domain/maskFromLogits.ts';
import { regionBoxInVolume, type Region } from '../domain/regionOfInterest.ts';
import type { SegmentationScene } from './segmentationScene.ts';

/** What the model is told of the mask so far in a region that it has not answered in; undefined: nothing of it is there. */
export function knownLogits(
  { frame, model }: SegmentationScene,
  mask: Mask,
  region: Region,
): Logits | undefined {
  if (!hasVoxelIn(mask, regionBoxInVolume(frame, region))) return undefined;
  const [k, j, i] = model.logits.shapeKji;
  return logitsFromMask(mask, region, frame, [i, j, k], MASK_CONFIDENCE);
}
