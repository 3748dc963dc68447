import type { Axis } from '../domain/canonicalFrame.ts';
import { correctedLogits, deepestVoxel } from '../domain/correctedLogits.ts';
import type { Logits } from '../domain/maskFromLogits.ts';
import { normaliseRegion, valueRangeOf } from '../domain/normalisation.ts';
import { isWithinRegion, regionIndexOf, regionKeyOf, type Region } from '../domain/regionOfInterest.ts';
import type {
  EngineRegion,
  RegionBox,
  RegionPoint,
  SegmentationEngine,
} from '../ports/segmentationEngine.ts';
import type { Click, PlacedBox, PromptSet } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';
import { addTimings, type Timings } from './timings.ts';

export interface RegionAnswer {
  readonly region: Region;
  readonly logits: Logits;
  /** What readers are shown of a refined answer, where that is something else. */
  readonly shownLogits?: Logits;
  readonly predictedIou: number;
  /** `encode` (reading and normalising the region, and the image encoder), `decode` and `refine`. */
  readonly timings: Timings;
}

/** What the model is asked: to segment what the prompts mean, as far as a region shows it. */
export interface RegionQuestion {
  readonly region: Region;
  /** Those clicks are told that lie in the region, and the box. */
  readonly prompts: PromptSet;
  /** The mask so far, where there is one. */
  readonly previous?: Logits | undefined;
  /** Of the clicks, those made since the reader was shown that mask. */
  readonly corrections?: readonly Click[];
  /** Of the hypothesis wanted, by the IoU that the model expects of it; 0, or absent, is the best. */
  readonly rank?: number;
}

export async function decodeRegion(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  { region, prompts, previous, corrections = [], rank = 0 }: RegionQuestion,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  let imageMs = 0;
  const source = regionSource(scene, region, ms => (imageMs += ms));
  // It makes answers better after a box, and not after clicks.
  const known =
    previous && prompts.box ? correctedLogits(previous, pointsWithin(region, corrections)) : previous;
  const reply = await engine.predict(
    {
      ...source,
      points: [...pointsWithin(region, prompts.clicks), ...pointsMeant(prompts, known)],
      ...(prompts.box && { box: boxIn(region, prompts.box) }),
      ...(known && { previousLogits: known.values }),
      ...(rank > 0 && { rank }),
    },
    signal,
  );
  const [k, j, i] = scene.model.logits.shapeKji;
  return {
    region,
    logits: { shapeIjk: [i, j, k], values: reply.logits },
    predictedIou: reply.predictedIou,
    timings: { encode: imageMs + reply.encodeMs, decode: reply.decodeMs },
  };
}

/** The answer with its border on the image's edges, and what is shown of it, where the model asks for it. */
export async function refineAnswer(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  answer: RegionAnswer,
  prompts: PromptSet,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  const { region, logits } = answer;
  let imageMs = 0;
  const source = regionSource(scene, region, ms => (imageMs += ms));
  const points = pointsWithin(region, prompts.clicks);
  const { modality } = scene.volume;
  const reply = await engine.refine({ ...source, points, logits: logits.values, modality }, signal);
  const timings = { encode: imageMs + reply.encodeMs, refine: reply.refineMs };
  return {
    ...answer,
    logits: { ...logits, values: reply.logits },
    ...(reply.shownLogits && { shownLogits: { ...logits, values: reply.shownLogits } }),
    timings: addTimings(answer.timings, timings),
  };
}

/** What the engine needs to encode a region. @param onImage told how long reading and normalising took */
export function regionSource(
  scene: SegmentationScene,
  region: Region,
  onImage: (ms: number) => void = () => undefined,
): EngineRegion {
  const { volume, volumeKey, frame, model, levels } = scene;
  return {
    model,
    regionKey: regionKeyOf(volumeKey, region),
    image: () => {
      const started = performance.now();
      const samples = levels.sample(volume, frame, region);
      const image = normaliseRegion(samples, model.normalisation.channels, valueRangeOf(model, volume));
      onImage(performance.now() - started);
      return image;
    },
  };
}

/**
 * Who takes away from what a box has found means the rest: the model is told so by an include click in the middle of
 * it, since exclude clicks alone do not say what is wanted.
 */
function pointsMeant({ box, clicks }: PromptSet, known: Logits | undefined): RegionPoint[] {
  if (!box || !known || clicks.some(({ include }) => include)) return [];
  const indexIjk = deepestVoxel(known);
  return indexIjk ? [{ indexIjk, include: true }] : [];
}

function pointsWithin(region: Region, clicks: readonly Click[]): RegionPoint[] {
  return clicks
    .map(({ pointMm, include }) => ({ indexIjk: regionIndexOf(region, pointMm), include }))
    .filter(({ indexIjk }) => isWithinRegion(region, indexIjk, -0.5));
}

/** A box in a slice is at least a voxel thick: thinner ones would vanish between the model's cells. */
function boxIn(region: Region, { lowMm, highMm, sliceAxis }: PlacedBox): RegionBox {
  const low = regionIndexOf(region, lowMm);
  const high = regionIndexOf(region, highMm);
  const thin = (axis: Axis): number =>
    axis === sliceAxis ? Math.max(0, (1 - (high[axis] - low[axis])) / 2) : 0;
  return {
    lowIjk: [low[0] - thin(0), low[1] - thin(1), low[2] - thin(2)],
    highIjk: [high[0] + thin(0), high[1] + thin(1), high[2] + thin(2)],
    ...(sliceAxis !== undefined && { sliceAxis }),
  };
}
