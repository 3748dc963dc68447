import { intersectBoxes, isEmptyBox } from '../domain/indexBox.ts';
import type { Mask } from '../domain/mask.ts';
import { logitsFromMask, type Logits } from '../domain/maskFromLogits.ts';
import { regionBoxInVolume, type Region } from '../domain/regionOfInterest.ts';
import type { SegmentationScene } from './segmentationScene.ts';

/** Logits that the model is told for a mask whose own logits are of another region. */
const MASK_CONFIDENCE = 6;

/** What the model is told of the mask so far in a region that it has not answered in; undefined: nothing of it is there. */
export function knownLogits(
  { frame, model }: SegmentationScene,
  mask: Mask,
  region: Region,
): Logits | undefined {
  if (isEmptyBox(intersectBoxes(mask.box, regionBoxInVolume(frame, region)))) return undefined;
  const [k, j, i] = model.logits.shapeKji;
  return logitsFromMask(mask, region, frame, [i, j, k], MASK_CONFIDENCE);
}
