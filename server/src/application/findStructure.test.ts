import { describe, expect, test } from '@jest/globals';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { voxelAt } from '../domain/mask.ts';
import type { EngineRequest } from '../ports/segmentationEngine.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import {
  ballServer,
  exclude,
  include,
  levelOf,
  noise,
  predict,
  RADIUS_VOXELS,
  shape,
  straight,
} from './fixtures/ballPrediction.ts';
import { predictionPorts } from './fixtures/predictionPorts.ts';

describe('finding what was clicked', () => {
  test('takes several looks, then segments as closely as what was found fits, and tells of it', async () => {
    const { volume, engine, ports } = ballServer();
    const { timings } = await predict(volume, [include([0, 0, 760])], ports);
    expect(engine.requests.map(levelOf)).toEqual([1.5, 3, 1.5]);
    const told = engine.requests.map(({ previousLogits }) => previousLogits && new Set(previousLogits));
    expect(told).toEqual([undefined, undefined, new Set([-6, 6])]);
    const parts = ['archive', 'decode', 'encode', 'mask', 'refine', 'volume'];
    expect(Object.keys(timings).sort()).toEqual(parts);
  });

  test('moves the border of the answer alone, with the clicks in it', async () => {
    const { volume, engine, ports } = ballServer();
    await predict(volume, [include([0, 0, 760])], ports);
    const answered = engine.requests.at(-1);
    expect(engine.refined).toHaveLength(1);
    expect(engine.refined[0]).toMatchObject({ regionKey: answered?.regionKey, points: answered?.points });
  });

  test('believes the look that the model trusts most', async () => {
    const closeUp = (request: EngineRequest): number => (levelOf(request) === 1.5 ? 0.38 : 0.3);
    const { volume, engine, ports } = ballServer(new BallEngine(RADIUS_VOXELS, closeUp));
    const { predictedIou } = await predict(volume, [include([0, 0, 760])], ports);
    // The close look's ball is half as wide as the wide look's: it fits the finest level.
    expect(engine.requests.map(levelOf)).toEqual([1.5, 3, 0.75]);
    expect(predictedIou).toBe(0.3);
  });

  test('ends the search with a look that is sure', async () => {
    const { volume, engine, ports } = ballServer(new BallEngine(RADIUS_VOXELS, () => 0.4));
    await predict(volume, [include([0, 0, 760])], ports);
    expect(engine.requests.map(levelOf)).toEqual([1.5, 0.75]);
  });

  test('goes on searching where a look, however sure, shows only a part', async () => {
    // Larger than the close look's cube.
    const { volume, engine, ports } = ballServer(new BallEngine(17, () => 0.9));
    await predict(volume, [include([0, 0, 760])], ports);
    expect(engine.requests.slice(0, 2).map(levelOf)).toEqual([1.5, 3]);
  });

  test('goes on searching where what a look shows, however sure it is, does not look like the click', async () => {
    const levels = async (nodule: number): Promise<readonly number[]> => {
      // Air in the lower half, tissue in the upper one; a nodule about the click.
      const volume = syntheticVolume(shape, straight, ([x, y, z], index) =>
        Math.hypot(x, y, z - 730) < 5 ? nodule : (z < 760 ? -850 : 40) + noise([x, y, z], index) / 100,
      );
      const zoom = { ...SMALL_MODEL.zoom, unlikeDeviations: 3 };
      const engine = new BallEngine(7, () => 0.9);
      const ports = predictionPorts(volume, engine, { ...SMALL_MODEL, zoom });
      await predict(volume, [include([0, 0, 730])], ports);
      return engine.requests.map(levelOf);
    };
    const [close, ...others] = await levels(-850);
    expect({ close, looks: others.filter(level => level === 3).length }).toEqual({ close: 1.5, looks: 0 });
    expect((await levels(40)).slice(0, 2)).toEqual([1.5, 3]);
  });

  test('has a wide look promise more than a closer one, by the penalty of the model', async () => {
    const click = [include([0, 0, 760])];
    const believed = async (wideIou: number): Promise<number> => {
      const zoom = { ...SMALL_MODEL.zoom, widerLookPenalty: 0.1 };
      const { volume, engine, ports } = ballServer(
        new BallEngine(RADIUS_VOXELS, asked => (levelOf(asked) === 3 ? wideIou : 0.2)),
        { ...SMALL_MODEL, zoom },
      );
      await predict(volume, click, ports);
      return levelOf(engine.requests.at(-1)!);
    };
    // The wide look's ball is segmented at 1.5 mm, the close look's at 0.75 mm.
    expect([await believed(0.25), await believed(0.35)]).toEqual([0.75, 1.5]);
  });

  test('takes the wider look when what a reader adds makes it the more promising', async () => {
    // Trusted in the close-up while there is one click, in the wide look with two.
    const wideWithTwo = (request: EngineRequest): number =>
      (levelOf(request) === 3) === request.points.length > 1 ? 0.38 : 0.3;
    const { volume, engine, ports } = ballServer(new BallEngine(RADIUS_VOXELS, wideWithTwo));
    const first = include([0, 0, 760]);
    await predict(volume, [first], ports);
    expect(engine.requests.map(levelOf)).toEqual([1.5, 3, 0.75]);
    await predict(volume, [first, include([7, 0, 760])], ports);
    // The view, the wider looks, then the region that fits what the widest shows: balls of 9 mm.
    expect(engine.requests.slice(3).map(levelOf)).toEqual([0.75, 1.5, 3, 1.5]);
    expect(engine.requests.at(-1)?.previousLogits).toContain(6);
  });

  test('does not look again where the view is sure of itself', async () => {
    const { volume, engine, ports } = ballServer();
    const first = include([0, 0, 760]);
    await predict(volume, [first], ports);
    const { length } = engine.requests;
    await predict(volume, [first, include([9, 0, 760])], ports);
    await predict(volume, [first, include([9, 0, 760]), exclude([0, 3, 760])], ports);
    const view = engine.requests[length - 1]?.regionKey;
    expect(engine.requests.slice(length).map(({ regionKey }) => regionKey)).toEqual([view, view]);
  });

  test('stays with the view when no look promises more', async () => {
    const { volume, engine, ports } = ballServer(new BallEngine(RADIUS_VOXELS, () => 0.3));
    const first = include([0, 0, 760]);
    await predict(volume, [first], ports);
    await predict(volume, [first, include([9, 0, 760])], ports);
    expect(engine.requests.map(levelOf)).toEqual([1.5, 3, 1.5, 1.5, 3]);
    expect(engine.refined.at(-1)?.regionKey).toBe(engine.requests[2]?.regionKey);
  });

  test('takes away where an exclude click says so, also where a closer look at another click promises more', async () => {
    // Balls of 18 mm, which the wide look alone shows whole.
    const unsureOfMasks = ({ previousLogits }: EngineRequest): number => (previousLogits ? 0.1 : 0.3);
    const { volume, ports } = ballServer(new BallEngine(6, unsureOfMasks));
    const prompts = [include([-40, 0, 760]), include([40, 0, 760])];
    const before = await predict(volume, prompts, ports);
    expect(voxelAt(before.mask, 46, 25, 20)).toBe(1);
    const { mask } = await predict(volume, [...prompts, exclude([32, 0, 760])], ports);
    expect([voxelAt(mask, 10, 25, 20), voxelAt(mask, 46, 25, 20)]).toEqual([1, 0]);
  });

  test('a region that overlaps the mask is told of it', async () => {
    const { volume, engine, ports } = ballServer();
    await predict(volume, [include([0, 0, 760]), include([20, 0, 760])], ports);
    const elsewhere = engine.requests.find(
      ({ points, previousLogits }) => points.length === 2 && previousLogits !== undefined,
    );
    expect(new Set(elsewhere?.previousLogits)).toEqual(new Set([-6, 6]));
  });
});
