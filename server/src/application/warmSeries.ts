import { extentMmOf } from '../domain/canonicalFrame.ts';
import { scale } from '../domain/affine.ts';
import { lookRegions } from '../domain/zoom.ts';
import { regionSource } from './askModel.ts';
import type { PredictionPorts } from './predictSegment.ts';
import { openScene } from './segmentationScene.ts';
import type { PredictionInput } from './workspace.ts';

/**
 * Makes the first click quick: loads the series, encodes the widest look at its middle, and reads the coarse levels.
 * @throws as predictSegment
 */
export async function warmSeries(
  { series, modelId }: Omit<PredictionInput, 'prompts'>,
  ports: Omit<PredictionPorts, 'memo'>,
  signal: AbortSignal,
): Promise<void> {
  const model = ports.zoo.get(modelId);
  const { volume } = await ports.volumes.load(series, signal);
  const scene = openScene(volume, model, ports.levels);
  const [widest] = lookRegions(model, scene.frame, scale(extentMmOf(scene.frame), 0.5));
  if (widest) await ports.engine.warm(regionSource(scene, widest), signal);
  await ports.levels.prepare(volume, model, signal);
}
