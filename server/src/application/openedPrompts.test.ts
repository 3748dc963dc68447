import { describe, expect, test } from '@jest/globals';
import type { Vector3 } from '../domain/affine.ts';
import { countVoxels, hasVoxelIn, voxelAt, type Mask } from '../domain/mask.ts';
import { MaskBuilder } from '../domain/maskBuilder.ts';
import type { Prompt } from '../domain/prompt.ts';
import { encodeRunLengths } from '../domain/runLength.ts';
import { pointLpsOf } from '../domain/volumeGeometry.ts';
import type { EngineReply, EngineRequest } from '../ports/segmentationEngine.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import {
  always,
  ballServer,
  exclude,
  include,
  noiseVolume,
  RADIUS_VOXELS,
  shape,
} from './fixtures/ballPrediction.ts';
import { predictSegment } from './predictSegment.ts';
import type { OpenedMask } from './workspace.ts';

// 60 mm apart: more than the finest region of the small model is wide.
const NEAR: Vector3 = [16, 20, 12];
const FAR: Vector3 = [46, 44, 30];

/** Two cubes of 5³ voxels. */
function twoIslands(): Mask {
  const builder = new MaskBuilder(shape);
  for (const [i, j, k] of [NEAR, FAR]) {
    for (let row = j - 2; row <= j + 2; row++) {
      for (let slice = k - 2; slice <= k + 2; slice++) builder.addRun(i - 2, row, slice, 5);
    }
  }
  return builder.toMask();
}

const OPENED: OpenedMask = { key: 'opened', runLength: encodeRunLengths(twoIslands()) };
const lps = (indexIjk: Vector3): Vector3 => pointLpsOf(noiseVolume.geometry, indexIjk);

function voxelsAbout(mask: Mask, [i, j, k]: Vector3): boolean {
  return hasVoxelIn(mask, { minIjk: [i - 8, j - 8, k - 8], maxIjk: [i + 9, j + 9, k + 9] });
}

/** Sees what it is told of a mask, less balls about exclude clicks, and expects little of it; else balls, and is sure. */
class UnsureOfMasks extends BallEngine {
  override async predict(request: EngineRequest, signal: AbortSignal): Promise<EngineReply> {
    const { previousLogits, points } = request;
    if (!previousLogits) return { ...(await super.predict(request, signal)), predictedIou: 0.9 };
    const opposite = points.map(point => ({ ...point, include: !point.include }));
    const { logits: taken, ...reply } = await super.predict({ ...request, points: opposite }, signal);
    const logits = previousLogits.map((known, n) => Math.min(known, -taken[n]!));
    return { ...reply, logits, predictedIou: 0.1 };
  }
}

describe('a segment that was opened with a mask', () => {
  const server = ballServer();
  const predict = async (prompts: readonly Prompt[], opened?: OpenedMask): Promise<Mask> => {
    const { series } = noiseVolume;
    return (await predictSegment({ series, modelId: 'small', prompts, opened }, server.ports, always)).mask;
  };

  test('is that mask before any prompt', async () => {
    expect(countVoxels(await predict([], OPENED))).toBe(250);
  });

  test('is corrected where it is clicked on, and keeps its islands elsewhere', async () => {
    const asked = server.engine.requests.length;
    const mask = await predict([include(lps(NEAR))], OPENED);
    expect(voxelsAbout(mask, NEAR)).toBe(true);
    expect(voxelsAbout(mask, FAR)).toBe(true);
    const [request, ...others] = server.engine.requests.slice(asked);
    // The model is told of the mask, and asked once: nothing is to be searched for.
    expect(request?.previousLogits?.some(logit => logit > 0)).toBe(true);
    expect(others).toEqual([]);
  });

  test('takes an exclude click first, which is nothing to a segment that is begun', async () => {
    const mask = await predict([exclude(lps(NEAR))], OPENED);
    expect(voxelsAbout(mask, NEAR)).toBe(false);
    expect(voxelsAbout(mask, FAR)).toBe(true);
    expect(countVoxels(await predict([exclude(lps(NEAR))]))).toBe(0);
  });

  test('goes on from click to click', async () => {
    const elsewhere: Vector3 = [46, 12, 10];
    const prompts = [exclude(lps(NEAR)), include(lps(elsewhere)), exclude(lps(FAR))];
    const mask = await predict(prompts, OPENED);
    expect(voxelsAbout(mask, NEAR)).toBe(false);
    expect(voxelsAbout(mask, elsewhere)).toBe(true);
    expect(voxelsAbout(mask, FAR)).toBe(false);
  });

  test('stays what it is where the model is unsure of a correction: other looks know nothing of it', async () => {
    const builder = new MaskBuilder(shape);
    for (let k = 12; k < 28; k++) for (let j = 20; j < 44; j++) builder.addRun(20, j, k, 24);
    const large: OpenedMask = { key: 'large', runLength: encodeRunLengths(builder.toMask()) };
    const { ports } = ballServer(new UnsureOfMasks(RADIUS_VOXELS));
    const [wanted, unwanted]: [Vector3, Vector3] = [
      [25, 25, 16],
      [40, 40, 24],
    ];
    const prompts = [include(lps(wanted)), exclude(lps(unwanted))];
    const input = { series: noiseVolume.series, modelId: 'small', prompts, opened: large };
    const { mask } = await predictSegment(input, ports, always);
    expect(voxelAt(mask, ...unwanted)).toBe(0);
    expect([voxelAt(mask, ...wanted), voxelAt(mask, 25, 30, 16)]).toEqual([1, 1]);
  });

  test('starts anew from a box', async () => {
    const [low, high] = [lps([10, 14, 8]), lps([22, 26, 16])];
    const mask = await predict([{ kind: 'box', cornersLps: [low, high] }], OPENED);
    expect(voxelsAbout(mask, NEAR)).toBe(true);
    expect(voxelsAbout(mask, FAR)).toBe(false);
  });

  test('is refused when the series has another shape by now', async () => {
    const other = encodeRunLengths({ ...twoIslands(), shapeIjk: [64, 64, 41] });
    await expect(predict([include(lps(NEAR))], { key: 'other', runLength: other })).rejects.toMatchObject({
      code: 'series-changed',
    });
  });
});
