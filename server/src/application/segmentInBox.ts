import type { Vector3 } from '../domain/affine.ts';
import { boxProbes, trustInBox, unreachedInBox } from '../domain/boxProbes.ts';
import { regionOfDrawnBox } from '../domain/regionOfDrawnBox.ts';
import type { Region } from '../domain/regionOfInterest.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { askModel, boxIn, pointWithin, pointsWithin, type RegionAnswer } from './askModel.ts';
import { segmentFound } from './findStructure.ts';
import { middleOfBox, type PlacedPrompt, type PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings } from './timings.ts';

interface Located {
  readonly answer: RegionAnswer;
  readonly isProbed: boolean;
  /** Where in the box it was found, mm in the canonical frame; absent: without a place. */
  readonly placeMm?: Vector3;
}

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
  const { lowMm, highMm, sliceAxis } = prompt.box;
  const region = regionOfDrawnBox(scene.model, { low: lowMm, high: highMm, sliceAxis });
  const located = await locateInBox(scene, engine, region, prompts, prompt, signal);
  const { answer, isProbed, placeMm = middleOfBox(prompt.box) } = located;
  if (sliceAxis === undefined) return { ...answer, isProbed };
  const known = { ...prompts, isProbed };
  return { ...(await segmentFound(scene, engine, answer, known, placeMm, signal)), isProbed };
}

/**
 * A box does not say which of what it holds is meant: where what the model finds in it does not fit it, of what it finds
 * with an include click at one of several places in it, too, the answer that is trusted most. Who has clicked before
 * has said it.
 */
async function locateInBox(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  region: Region,
  { clicks }: PromptSet,
  { box, middle }: BoxPrompt,
  signal: AbortSignal,
): Promise<Located> {
  const before = clicks.filter(click => click !== middle);
  const points = pointsWithin(region, before);
  const unprobed = await askModel(scene, engine, { region, box, points }, signal);
  const { boxProbes: settings } = scene.model;
  if (!settings || before.some(({ include }) => include)) return { answer: unprobed, isProbed: false };
  const { lowMm: low, highMm: high, sliceAxis } = box;
  const { lowIjk, highIjk } = boxIn(region, box);
  const faces = { low: lowIjk, high: highIjk, sliceAxis };
  const unreached = unreachedInBox(settings, unprobed.logits, faces);
  if (sliceAxis === undefined && unreached <= settings.mostUnreached) {
    return { answer: unprobed, isProbed: false };
  }
  const placesMm = [...boxProbes(settings, { low, high, sliceAxis }), ...(middle ? [middle.pointMm] : [])];
  const candidates = [unprobed];
  // One after the other: the clicks of others come in between.
  for (const pointMm of placesMm) {
    throwIfCancelled(signal);
    const all = [...points, ...pointWithin(region, pointMm, true)];
    candidates.push(await askModel(scene, engine, { region, box, points: all }, signal));
  }
  const trust = candidates.map(({ logits, predictedIou }, place) =>
    trustInBox(settings, logits, predictedIou, place > 0, faces),
  );
  const best = trust.indexOf(Math.max(...trust));
  const placeMm = placesMm[best - 1];
  return {
    answer: {
      ...(candidates[best] ?? unprobed),
      timings: addTimings(...candidates.map(({ timings }) => timings)),
    },
    ...{ isProbed: true, ...(placeMm && { placeMm }) },
  };
}
