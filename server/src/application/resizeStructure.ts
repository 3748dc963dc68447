import type { Vector3 } from '../domain/affine.ts';
import { countVoxels, type Mask } from '../domain/mask.ts';
import { maskVolumeMl } from '../domain/maskVolume.ts';
import type { SizeWish } from '../domain/prompt.ts';
import { regionKeyOf, type Region } from '../domain/regionOfInterest.ts';
import { structureAt } from '../domain/structureInRegion.ts';
import { lookRegions } from '../domain/zoom.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import type { RegionAnswer } from './askModel.ts';
import { decodeRegion } from './decodeRegion.ts';
import { segmentFound } from './findStructure.ts';
import { middleOfBox, type PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { addTimings, type Timings } from './timings.ts';

interface Candidate {
  readonly answer: RegionAnswer;
  readonly volumeMl: number;
}

/** A structure that differs by less is the same one. */
const LEAST_RATIO = 1.25;
/** Of the expected IoU, for each e-fold that a candidate differs in size: the next one is meant, not any. */
const PENALTY_PER_E_FOLD = 0.05;
/** Candidates that are looked at closely. */
const MOST_TRIES = 3;

/**
 * What else the same clicks may mean: of all hypotheses of all looks, the one that the model trusts most among those
 * that are larger, or smaller, than the mask; fitted as a first click's is. Undefined where there is none.
 * @param view where the mask was found
 * @throws Problem inference-failed, overloaded, cancelled
 */
export async function resizeStructure(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  mask: Mask,
  view: Region,
  prompts: PromptSet,
  wish: SizeWish,
  signal: AbortSignal,
): Promise<RegionAnswer | undefined> {
  const wanted =
    prompts.clicks.find(({ include }) => include)?.pointMm ?? (prompts.box && middleOfBox(prompts.box));
  if (!wanted) return undefined;
  const currentMl = maskVolumeMl(mask, scene.volume.geometry);
  const looks = lookRegions(scene.model, scene.frame, wanted);
  const isLook = looks.some(region => regionKeyOf('', region) === regionKeyOf('', view));
  const regions = isLook ? looks : [...looks, view];
  const looked = await candidatesIn(scene, engine, regions, prompts, wanted, signal);
  let { timings } = looked;
  const trustOf = ({ answer, volumeMl }: Candidate): number =>
    answer.predictedIou - PENALTY_PER_E_FOLD * Math.abs(Math.log(volumeMl / currentMl));
  const promising = looked.candidates
    .filter(({ volumeMl }) => fits(volumeMl / currentMl, wish))
    .sort((one, other) => trustOf(other) - trustOf(one));
  for (const { answer } of promising.slice(0, MOST_TRIES)) {
    const fitted = await segmentFound(scene, engine, answer, prompts, wanted, signal);
    throwIfCancelled(signal);
    timings = addTimings(timings, fitted.timings);
    // Looked at closely it may turn out to be what is shown already.
    if (fits(volumeMlAt(scene, fitted, wanted) / currentMl, wish)) return { ...fitted, timings };
  }
  return undefined;
}

/** All hypotheses of all regions. */
async function candidatesIn(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  regions: readonly Region[],
  prompts: PromptSet,
  wantedMm: Vector3,
  signal: AbortSignal,
): Promise<{ readonly candidates: readonly Candidate[]; readonly timings: Timings }> {
  const candidates: Candidate[] = [];
  let timings: Timings = {};
  for (const region of regions) {
    for (let rank = 0; rank < scene.model.hypotheses; rank++) {
      const answer = await decodeRegion(scene, engine, { region, prompts, rank }, signal);
      throwIfCancelled(signal);
      timings = addTimings(timings, answer.timings);
      const volumeMl = volumeMlAt(scene, answer, wantedMm);
      candidates.push({ answer: { ...answer, timings: {} }, volumeMl });
    }
  }
  return { candidates, timings };
}

/** Of the structure that an answer shows at a position. */
function volumeMlAt(
  { model }: SegmentationScene,
  { region, logits }: RegionAnswer,
  pointMm: Vector3,
): number {
  const found = structureAt(region, logits, model.logits.threshold, pointMm);
  const sides = region.shapeIjk.map(side => side * region.spacingMm);
  const [i, j, k] = logits.shapeIjk;
  return (countVoxels(found) * sides.reduce((product, mm) => product * mm, 1e-3)) / (i * j * k);
}

function fits(ratio: number, wish: SizeWish): boolean {
  return wish === 'larger' ? ratio >= LEAST_RATIO : ratio > 0 && ratio <= 1 / LEAST_RATIO;
}
