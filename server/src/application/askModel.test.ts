import { describe, expect, test } from '@jest/globals';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { ValueRange } from '../domain/modelManifest.ts';
import { normaliseRegion } from '../domain/normalisation.ts';
import { snappedRegion } from '../domain/regionOfInterest.ts';
import type { Volume } from '../domain/volume.ts';
import { CoarseLevels } from './coarseLevels.ts';
import { regionSource } from './askModel.ts';
import { noise, shape, straight } from './fixtures/ballPrediction.ts';
import { openScene } from './segmentationScene.ts';

const HOUNSFIELD_WINDOW: ValueRange = [-1000, 1000];
const { channels } = SMALL_MODEL.normalisation;
const model = { ...SMALL_MODEL, normalisation: { channels, hounsfieldWindow: HOUNSFIELD_WINDOW } };
const region = snappedRegion(model, [64, 64, 60], 0.75);

/** Below its middle it shows what a CT writes about its field of view. */
const padded = syntheticVolume(shape, straight, (point, index) =>
  index[2] < shape[2] / 2 ? -3024 : noise(point, index),
);

/** What the encoder sees of a region, and what it would if these values alone said something. */
function images(volume: Volume, valueRange?: ValueRange): { seen: Float32Array; expected: Float32Array } {
  const scene = openScene(volume, model, new CoarseLevels());
  const samples = scene.levels.sample(volume, scene.frame, region);
  return {
    seen: regionSource(scene, region).image(),
    expected: normaliseRegion(samples, channels, valueRange),
  };
}

describe('what the image encoder sees', () => {
  test('of Hounsfield units lies in the window of the model', () => {
    const { seen, expected } = images(padded, HOUNSFIELD_WINDOW);
    expect(seen).toEqual(expected);
    expect(seen).not.toEqual(images(padded).expected);
  });

  test('is all values of other units', () => {
    const { seen, expected } = images({ ...padded, valueMeaning: { units: 'US', warnings: [] } });
    expect(seen).toEqual(expected);
  });
});
