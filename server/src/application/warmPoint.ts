import type { Vector3 } from '../domain/affine.ts';
import { canonicalMmOf } from '../domain/canonicalFrame.ts';
import { containsIndex, indexIjkOf } from '../domain/volumeGeometry.ts';
import { lookRegions, placeOfMedium } from '../domain/zoom.ts';
import { regionSource } from './askModel.ts';
import type { PredictionPorts } from './predictSegment.ts';
import { openScene } from './segmentationScene.ts';
import type { PredictionInput } from './workspace.ts';

/**
 * Makes a first click at a point quick, where a reader is about to click: encodes what the click would be looked at
 * in, the medium look first. Not while the engine has other work: readers who wait go before.
 * @throws as predictSegment, but nothing for a point outside the volume
 */
export async function warmPoint(
  { series, modelId, pointLps }: Omit<PredictionInput, 'prompts'> & { readonly pointLps: Vector3 },
  ports: Omit<PredictionPorts, 'memo'>,
  signal: AbortSignal,
): Promise<void> {
  const model = ports.zoo.get(modelId);
  const { volume } = await ports.volumes.load(series, signal);
  const scene = openScene(volume, model, ports.levels);
  const indexIjk = indexIjkOf(volume.geometry, pointLps);
  // Pointers rest beside the images, too.
  if (!containsIndex(volume.geometry, indexIjk)) return;
  const regions = lookRegions(model, scene.frame, canonicalMmOf(scene.frame, indexIjk));
  const place = placeOfMedium(regions);
  for (const region of [...regions.slice(place, place + 1), ...regions.toSpliced(place, 1)]) {
    if (!ports.engine.isIdle()) return;
    await ports.engine.warm(regionSource(scene, region), signal);
  }
}
