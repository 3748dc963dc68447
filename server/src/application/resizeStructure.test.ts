import { describe, expect, test } from '@jest/globals';
import type { Vector3 } from '../domain/affine.ts';
import { countVoxels } from '../domain/mask.ts';
import type { Prompt } from '../domain/prompt.ts';
import { pointLpsOf, voxelVolumeMl } from '../domain/volumeGeometry.ts';
import type { EngineReply, EngineRequest } from '../ports/segmentationEngine.ts';
import { BallEngine, spacingMmOf } from './fixtures/ballEngine.ts';
import { noiseVolume as volume, always, exclude, include } from './fixtures/ballPrediction.ts';
import { predictionPorts } from './fixtures/predictionPorts.ts';
import { predictSegment } from './predictSegment.ts';

const CENTRE: Vector3 = pointLpsOf(volume.geometry, [30, 34, 18]);
const RADIUS_VOXELS = 3;
const LARGER: Prompt = { kind: 'size', wish: 'larger' };
const SMALLER: Prompt = { kind: 'size', wish: 'smaller' };

/**
 * Its second hypothesis is a ball twice as wide. Told of a mask it agrees.
 */
class TwoBalls extends BallEngine {
  private readonly wide = new BallEngine(2 * RADIUS_VOXELS, () => 0.2);

  override async predict(request: EngineRequest, signal: AbortSignal): Promise<EngineReply> {
    const best = await super.predict(request, signal);
    if (request.previousLogits) return { ...best, logits: request.previousLogits };
    return request.rank === 1 ? this.wide.predict(request, signal) : best;
  }
}

async function volumeMlAfter(...prompts: readonly Prompt[]): Promise<number> {
  const ports = predictionPorts(volume, new TwoBalls(RADIUS_VOXELS));
  const asked = { series: volume.series, modelId: 'small', prompts };
  return countVoxels((await predictSegment(asked, ports, always)).mask) * voxelVolumeMl(volume.geometry);
}

describe('another size', () => {
  test('larger and smaller give larger and smaller structures at the same place', async () => {
    const clicked = await volumeMlAfter(include(CENTRE));
    const larger = await volumeMlAfter(include(CENTRE), LARGER);
    expect(larger).toBeGreaterThan(1.2 * clicked);
    expect(await volumeMlAfter(include(CENTRE), LARGER, SMALLER)).toBeLessThan(larger / 1.2);
  });

  test('changes nothing where the model knows of none', async () => {
    const smallest = [include(CENTRE), SMALLER, SMALLER, SMALLER, SMALLER];
    expect(await volumeMlAfter(...smallest, SMALLER)).toBe(await volumeMlAfter(...smallest));
    expect(await volumeMlAfter(...smallest)).toBeGreaterThan(0);
  });

  test('of nothing is nothing', async () => {
    expect(await volumeMlAfter(LARGER)).toBe(0);
    expect(await volumeMlAfter(exclude(CENTRE), LARGER)).toBe(0);
  });

  test('asks every hypothesis of every look, with all clicks', async () => {
    const engine = new TwoBalls(RADIUS_VOXELS);
    const prompts = [include(CENTRE), include(pointLpsOf(volume.geometry, [33, 34, 18])), LARGER];
    const asked = { series: volume.series, modelId: 'small', prompts };
    await predictSegment(asked, predictionPorts(volume, engine), always);
    const looks = engine.requests
      .slice(-5) // the last one fits what was chosen
      .filter(({ previousLogits }) => previousLogits === undefined)
      .map(({ regionKey, rank = 0, points }) => [spacingMmOf(regionKey), rank, points.length]);
    expect(looks).toEqual(expect.arrayContaining([[3, 0, 2], [3, 1, 2], [1.5, 0, 2], [1.5, 1, 2]])); // prettier-ignore
  });
});
