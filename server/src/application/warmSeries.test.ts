import { describe, expect, test } from '@jest/globals';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import {
  always,
  include,
  levelOf,
  noise,
  predict,
  RADIUS_VOXELS,
  shape,
  straight,
} from './fixtures/ballPrediction.ts';
import { predictionPorts } from './fixtures/predictionPorts.ts';
import { warmSeries } from './warmSeries.ts';

describe('warming a series', () => {
  test('encodes the widest look at the middle, which a click there then finds', async () => {
    const volume = syntheticVolume(shape, straight, noise);
    const engine = new BallEngine(RADIUS_VOXELS);
    const ports = predictionPorts(volume, engine);
    await warmSeries({ series: volume.series, modelId: 'small' }, ports, always);
    await predict(volume, [include([3, 13, 762])], ports);
    expect(engine.warmed).toEqual([engine.requests.find(request => levelOf(request) === 3)?.regionKey]);
  });
});
