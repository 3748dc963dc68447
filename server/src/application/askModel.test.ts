import { describe, expect, jest, test } from '@jest/globals';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { ValueRange } from '../domain/modelManifest.ts';
import { normaliseRegion } from '../domain/normalisation.ts';
import { snappedRegion } from '../domain/regionOfInterest.ts';
import type { Volume } from '../domain/volume.ts';
import { CoarseLevels } from './coarseLevels.ts';
import { askModel, regionSource } from './askModel.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import { always, noise, noiseVolume, shape, straight } from './fixtures/ballPrediction.ts';
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

describe('what the model is told', () => {
  test('is the newest points, where there are more than it can be told in time', async () => {
    const engine = new BallEngine(3);
    const answer = { logits: new Float32Array(1), predictedIou: 0.5, encodeMs: 0, decodeMs: 0 };
    const predict = jest.spyOn(engine, 'predict').mockResolvedValue(answer);
    const scene = openScene(noiseVolume, model, new CoarseLevels());
    const points = Array.from({ length: 3000 }, (_, n) => ({
      indexIjk: [n % 32, Math.floor(n / 32) % 32, 16] as const,
      include: n % 3 > 0,
    }));
    await askModel(scene, engine, { region, points: points.slice(0, 512) }, always);
    await askModel(scene, engine, { region, points }, always);
    const told = predict.mock.calls.map(([request]) => request.points);
    expect(told.map(({ length }) => length)).toEqual([512, 512]);
    expect(told.map(([first]) => first)).toEqual([points[0], points[3000 - 512]]);
  });
});
