import { AXES } from '../domain/canonicalFrame.ts';
import { snappedRegion } from '../domain/regionOfInterest.ts';
import { finestSpacingMm } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { decodeRegion, type RegionAnswer } from './decodeRegion.ts';
import { segmentFound } from './findStructure.ts';
import { middleOfBox, type PlacedBox, type PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';

/**
 * The answer to a box: it says how large the structure is, so that no looks are needed. How far the structure of a
 * box in a slice goes on beyond the slice is seen first, and then segmented in a region fitted to it.
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function segmentInBox(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  prompts: PromptSet,
  box: PlacedBox,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { model } = scene;
  const { lowMm, highMm, sliceAxis } = box;
  const sides = AXES.filter(axis => axis !== sliceAxis).map(axis => highMm[axis] - lowMm[axis]);
  const spacingMm = finestSpacingMm(model, model.zoom.fitFactor * Math.max(...sides));
  const centreMm = middleOfBox(box);
  const region = snappedRegion(model, centreMm, spacingMm);
  const answer = await decodeRegion(scene, engine, { region, prompts }, signal);
  return sliceAxis === undefined ? answer : segmentFound(scene, engine, answer, prompts, centreMm, signal);
}
