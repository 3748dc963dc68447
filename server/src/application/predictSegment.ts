import { modelKeyOf } from '../domain/modelManifest.ts';
import { Problem } from '../domain/errors.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import { decodeMask } from '../domain/runLength.ts';
import type { ModelZoo } from '../ports/modelZoo.ts';
import type { SegmentationEngine } from '../ports/segmentationEngine.ts';
import { withoutUnseenSlices } from '../domain/unseenSlices.ts';
import { applyPrompt, opened, untouched, type PromptOutcome, type PromptState } from './applyPrompt.ts';
import type { CoarseLevels } from './coarseLevels.ts';
import { inTurns } from './inTurns.ts';
import type { PredictionMemo } from './predictionMemo.ts';
import { placePrompts, type PlacedPrompt } from './placedPrompt.ts';
import { openScene, type SegmentationScene } from './segmentationScene.ts';
import { addTimings } from './timings.ts';
import type { VolumeCache } from './volumeCache.ts';
import type { OpenedMask, Prediction, PredictionInput } from './workspace.ts';

export interface PredictionPorts {
  readonly volumes: Pick<VolumeCache, 'load'>;
  readonly levels: CoarseLevels;
  readonly zoo: ModelZoo;
  readonly engine: SegmentationEngine;
  readonly memo: PredictionMemo;
}

/**
 * The mask after all prompts. It depends on the series, the model, the prompts in their order, the mask that they
 * start from and the auxiliary model that the first is fused with, and on nothing else: asked again after a restart it
 * comes out the same. The timings are `archive`, `volume`, `encode`, `decode` and `mask`, as far as they were needed.
 * @throws Problem model-not-found, model-not-for-modality, series-changed (the mask that they start from lies on
 *   another volume), prompt-outside-volume, inference-failed, overloaded, cancelled, and what loading the series may
 *   throw
 */
export async function predictSegment(
  { series, modelId, prompts, opened: openedMask, adaptation }: PredictionInput,
  ports: PredictionPorts,
  signal: AbortSignal,
): Promise<Prediction> {
  const model = ports.zoo.get(modelId);
  const { volume, timings } = await ports.volumes.load(series, signal);
  const scene = openScene(volume, model, ports.levels);
  const placed = placePrompts(scene, prompts, openedMask !== undefined);
  const start = { openedMask, adaptation };
  const { state, timings: promptTimings } = await stateAfter(scene, start, placed, ports, signal);
  const { predictedIou, isAdapted = false } = state;
  const mask = withoutUnseenSlices(state.mask, volume);
  return { mask, predictedIou, isAdapted, volume, timings: addTimings(timings, promptTimings) };
}

/** What a segment is before its first prompt. */
interface Start {
  readonly openedMask: OpenedMask | undefined;
  readonly adaptation: AppliedAdaptation | undefined;
}

async function stateAfter(
  scene: SegmentationScene,
  start: Start,
  prompts: readonly PlacedPrompt[],
  ports: PredictionPorts,
  signal: AbortSignal,
): Promise<PromptOutcome> {
  const { memo, engine } = ports;
  if (prompts.length === 0) return { state: await startingState(scene, start.openedMask), timings: {} };
  const { openedMask, adaptation } = start;
  const adaptationKey = adaptation && [adaptation.adaptationId, adaptation.revision];
  const key = JSON.stringify([
    ...[scene.volumeKey, modelKeyOf(scene.model), openedMask?.key],
    ...[adaptationKey, prompts],
  ]);
  const known = await memo.get(key);
  if (known) return { state: known, timings: {} };
  return memo.flights.join(key, signal, async flightSignal => {
    const before = await stateAfter(scene, start, prompts.slice(0, -1), ports, flightSignal);
    const after = await applyPrompt(scene, engine, before.state, prompts, adaptation, flightSignal);
    await memo.set(key, after.state);
    return { state: after.state, timings: addTimings(before.timings, after.timings) };
  });
}

async function startingState(
  scene: SegmentationScene,
  openedMask: OpenedMask | undefined,
): Promise<PromptState> {
  if (!openedMask) return untouched(scene);
  const mask = await inTurns(decodeMask(openedMask.runLength));
  const { shapeIjk } = scene.volume.geometry;
  if (mask.shapeIjk.every((size, axis) => size === shapeIjk[axis])) return opened(mask);
  throw new Problem('series-changed', 'The images of the series are not those that the mask lies on.', {
    ...{ shapeIjk, openedShapeIjk: mask.shapeIjk },
  });
}
