import { describe, expect, test } from '@jest/globals';
import { always, ballServer, include, levelOf, predict } from './fixtures/ballPrediction.ts';
import { warmSeries } from './warmSeries.ts';

describe('warming a series', () => {
  test('encodes the widest look at the middle, which a click there then finds', async () => {
    const { volume, engine, ports } = ballServer();
    await warmSeries({ series: volume.series, modelId: 'small' }, ports, always);
    await predict(volume, [include([3, 13, 762])], ports);
    expect(engine.warmed).toEqual([engine.requests.find(request => levelOf(request) === 3)?.regionKey]);
  });
});
