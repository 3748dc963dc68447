import { boxProbes, trustInBox } from '../domain/boxProbes.ts';
import { AXES } from '../domain/canonicalFrame.ts';
import { snappedRegion, type Region } from '../domain/regionOfInterest.ts';
import { finestSpacingMm } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { askModel, bestAnswer, boxIn, pointWithin, pointsWithin, type RegionAnswer } from './askModel.ts';
import { segmentFound } from './findStructure.ts';
import { middleOfBox, type PlacedPrompt, type PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';

type BoxPrompt = Extract<PlacedPrompt, { kind: 'box' }>;

/**
 * The answer to a box: it says how large the structure is, so that no looks are needed. How far the structure of a
 * box in a slice goes on beyond the slice is seen first, and then segmented in a region fitted to it.
 * @param prompts all so far, of which `prompt` is the last
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function segmentInBox(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  prompts: PromptSet,
  prompt: BoxPrompt,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { model } = scene;
  const { lowMm, highMm, sliceAxis } = prompt.box;
  const sides = AXES.filter(axis => axis !== sliceAxis).map(axis => highMm[axis] - lowMm[axis]);
  const spacingMm = finestSpacingMm(model, model.zoom.fitFactor * Math.max(...sides));
  const centreMm = middleOfBox(prompt.box);
  const region = snappedRegion(model, centreMm, spacingMm);
  const answer = await locateInBox(scene, engine, region, prompts, prompt, signal);
  if (sliceAxis === undefined) return answer;
  const { meantMm } = answer;
  const located = { ...prompts, ...(meantMm && { meantMm }) };
  const found = await segmentFound(scene, engine, answer, located, meantMm ?? centreMm, signal);
  return { ...found, ...(meantMm && { meantMm }) };
}

/**
 * A box does not say which of what it holds is meant: of what the model finds with an include click at one of
 * several places in it, or with none, the answer that is trusted most. Who has clicked before has said it.
 */
async function locateInBox(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  region: Region,
  { clicks }: PromptSet,
  { box, middle }: BoxPrompt,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const before = clicks.filter(click => click !== middle);
  const points = pointsWithin(region, before);
  const { boxProbes: settings } = scene.model;
  if (!settings || before.some(({ include }) => include)) {
    return askModel(scene, engine, { region, box, points }, signal);
  }
  const { lowMm: low, highMm: high, sliceAxis } = box;
  const probesMm = [...boxProbes(settings, { low, high, sliceAxis }), ...(middle ? [middle.pointMm] : [])];
  const ways = probesMm.map(pointMm => [...points, ...pointWithin(region, pointMm, true)]);
  const questions = [points, ...ways].map(way => ({ region, box, points: way }));
  const { lowIjk, highIjk } = boxIn(region, box);
  const faces = { low: lowIjk, high: highIjk, sliceAxis };
  const trustIn = ({ logits, predictedIou }: RegionAnswer, place: number): number =>
    trustInBox(settings, logits, predictedIou, place > 0, faces);
  const { answer, place } = await bestAnswer(scene, engine, questions, trustIn, signal);
  const meantMm = probesMm[place - 1];
  return { ...answer, ...(meantMm && { meantMm }) };
}
