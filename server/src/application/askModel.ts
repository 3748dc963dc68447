import type { Vector3 } from '../domain/affine.ts';
import type { Axis } from '../domain/canonicalFrame.ts';
import type { Logits } from '../domain/maskFromLogits.ts';
import { normaliseRegion, valueRangeOf } from '../domain/normalisation.ts';
import { regionIndexOf, regionKeyOf, showsPoint, type Region } from '../domain/regionOfInterest.ts';
import type {
  EngineRegion,
  RegionBox,
  RegionPoint,
  SegmentationEngine,
} from '../ports/segmentationEngine.ts';
import type { Click, PlacedBox } from './placedPrompt.ts';
import type { SegmentationScene } from './segmentationScene.ts';
import type { Timings } from './timings.ts';

/**
 * Of many scribbles, in one region. Each further point takes 2 ms or more and 0.7 MB of the process that all readers
 * share. What older ones say is in the mask that is corrected.
 */
const MOST_POINTS = 512;

export interface RegionAnswer {
  readonly region: Region;
  readonly logits: Logits;
  /** What readers are shown of a refined answer, where that is something else. */
  readonly shownLogits?: Logits;
  readonly predictedIou: number;
  /** Of a box: its structure was looked for at several places. */
  readonly isProbed?: boolean;
  /** `encode` (reading and normalising the region, and the image encoder), `decode` and `refine`. */
  readonly timings: Timings;
}

/** What the model is told, and asked: to segment what that means, as far as a region shows it. */
export interface ModelQuestion {
  readonly region: Region;
  readonly points: readonly RegionPoint[];
  readonly box?: PlacedBox | undefined;
  readonly previous?: Logits | undefined;
  /** Of the hypothesis wanted, by the IoU that the model expects of it; 0, or absent, is the best. */
  readonly rank?: number;
}

/** @throws Problem inference-failed, overloaded, cancelled */
export async function askModel(
  scene: SegmentationScene,
  engine: SegmentationEngine,
  { region, points, box, previous, rank = 0 }: ModelQuestion,
  signal: AbortSignal,
): Promise<RegionAnswer> {
  let imageMs = 0;
  const source = regionSource(scene, region, ms => (imageMs += ms));
  const reply = await engine.predict(
    {
      ...source,
      points: points.slice(-MOST_POINTS),
      ...(box && { box: boxIn(region, box) }),
      ...(previous && { previousLogits: previous.values }),
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

/** Those that lie in the region. */
export function pointsWithin(region: Region, clicks: readonly Click[]): readonly RegionPoint[] {
  return clicks.flatMap(({ pointMm, include }) => pointWithin(region, pointMm, include));
}

/** Empty where it lies beyond the region. @param pointMm in the canonical frame */
export function pointWithin(region: Region, pointMm: Vector3, include: boolean): readonly RegionPoint[] {
  return showsPoint(region, pointMm) ? [{ indexIjk: regionIndexOf(region, pointMm), include }] : [];
}

/** A box in a slice is at least a voxel thick: thinner ones would vanish between the model's cells. */
export function boxIn(region: Region, { lowMm, highMm, sliceAxis }: PlacedBox): RegionBox {
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
