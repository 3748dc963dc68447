import { describe, expect, test } from '@jest/globals';
import { spacingMmOf } from './fixtures/ballEngine.ts';
import { always, ballServer, include, predict } from './fixtures/ballPrediction.ts';
import { warmPoint } from './warmPoint.ts';

describe('warming a point', () => {
  test('encodes all looks of a click there, the medium one first', async () => {
    const { volume, engine, ports } = ballServer();
    await warmPoint({ series: volume.series, modelId: 'small', pointLps: [0, 0, 760] }, ports, always);
    expect(engine.warmed.map(spacingMmOf)).toEqual([1.5, 3]);
    await predict(volume, [include([0, 0, 760])], ports);
    expect(engine.requests.slice(0, 2).map(({ regionKey }) => regionKey)).toEqual(engine.warmed);
  });

  test('takes a point outside the volume for none', async () => {
    const { volume, engine, ports } = ballServer();
    await warmPoint({ series: volume.series, modelId: 'small', pointLps: [900, 0, 760] }, ports, always);
    expect(engine.warmed).toEqual([]);
  });

  test('stops when the engine has other work', async () => {
    const { volume, engine, ports } = ballServer();
    engine.becomeBusyAfter(1);
    await warmPoint({ series: volume.series, modelId: 'small', pointLps: [0, 0, 760] }, ports, always);
    expect(engine.warmed.map(spacingMmOf)).toEqual([1.5]);
  });
});
