import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Adaptation } from '../../domain/adaptation.ts';
import { meanDiceOf } from '../../domain/agreement.ts';
import { affineFromColumns, norm, subtract, type Vector3 } from '../../domain/affine.ts';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../../domain/fixtures/syntheticVolume.ts';
import type { RegisteredTask, TaskState } from '../../domain/task.ts';
import { COPIES } from '../../domain/taskView.ts';
import type { Volume } from '../../domain/volume.ts';
import type { TaskModel } from '../../ports/taskEngine.ts';
import { CoarseLevels } from '../coarseLevels.ts';
import type { TaskPorts } from '../learning/runTask.ts';
import { taskJudge } from './taskJudge.ts';

const SIDE = 32;
/** All copies of it fit into one window. */
const EXTENT: Vector3 = [24, 24, 24];
const CENTRE: Vector3 = [12, 12, 12];
const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
const always = new AbortController().signal;
const nothing = (): void => undefined;

const BASE = {
  ...SMALL_MODEL,
  region: { ...SMALL_MODEL.region, shapeKji: [SIDE, SIDE, SIDE] },
  normalisation: { channels: [SMALL_MODEL.normalisation.channels[0]!] },
  adaptableEncoder: { data: { path: '/data', sha256: 'encoder' } },
} as unknown as TaskModel['base'];

/** A ball as bright as nothing else, and one half as bright. */
function volumeWith(halfBrightRadiusMm: number, modality = 'CT'): Volume {
  const grid = affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
  const volume = syntheticVolume(EXTENT, grid, point => {
    const distance = norm(subtract(point, CENTRE));
    return distance < 6 ? 100 : distance < 6 + halfBrightRadiusMm ? 50 : 0;
  });
  return { ...volume, modality };
}

function task(
  id: string,
  labels: readonly string[] = ['Ball'],
  state: TaskState = 'promoted',
): RegisteredTask {
  return {
    description: {
      ...{ id, title: id, modalities: ['CT'], plan: { spacingMm: 1, cubeVoxels: SIDE, overlap: 0.5 } },
      base: { model: 'small', version: '1', encoderSha256: 'encoder' },
      classes: labels.map(label => ({ label })),
    },
    files: { 'adapter.safetensors': id, 'task_decoder.onnx': id },
    history: [{ state, at: 'then' }],
  } as unknown as RegisteredTask;
}

let volume: Volume;
let tasks: RegisteredTask[];
/** Above it, from −1 to 1, is a ball: by task. */
let thresholds: Record<string, number>;
let asked: string[];

beforeEach(() => {
  volume = volumeWith(0);
  tasks = [task('balls')];
  thresholds = { balls: 0.5, stricter: 0.5 };
  asked = [];
});

function ports(): TaskPorts {
  const learning = {
    tasks: {
      load: (id: string) => Promise.resolve(tasks.find(each => each.description.id === id)!),
      list: () => Promise.resolve(tasks),
    },
    adaptations: { load: () => Promise.resolve({ cases: [{ series: SERIES }] } as unknown as Adaptation) },
    files: { pathOf: (sha256: string) => `/${sha256}` },
    workspace: {
      zoo: { list: () => [BASE], get: () => BASE },
      loadVolume: () => Promise.resolve({ volume, timings: {} }),
    },
  } as unknown as TaskPorts['learning'];
  return {
    learning,
    levels: new CoarseLevels(),
    engine: {
      classify: ({ network, channels }, image) => {
        const { sha256 } = network.kind === 'adapter' ? network.adapter : network.graph;
        asked.push(sha256);
        const probabilities = new Float32Array(channels * image.length);
        for (const [n, value] of image.entries()) {
          const isBall = value > thresholds[sha256]!;
          probabilities[isBall ? image.length + n : n] = 1;
        }
        return Promise.resolve(probabilities);
      },
    },
  };
}

async function diceOf(): Promise<Record<string, number | null>> {
  const { agreements } = await taskJudge('balls', ports());
  const found = await agreements(SERIES, always, nothing);
  return Object.fromEntries(found.map(agreement => [agreement.among, meanDiceOf(agreement)]));
}

describe('the answers of a task to copies of a series', () => {
  test('disagree in nothing where the series looks the same in all of them', async () => {
    volume = volumeWith(Infinity);
    thresholds = { balls: -2 };
    expect(await diceOf()).toEqual({ copies: 1 });
    expect(asked).toEqual(COPIES.map(() => 'balls'));
  });

  test('agree less where a change of contrast decides what belongs to the structure', async () => {
    thresholds = { balls: 0.05 };
    const clear = (await diceOf())['copies']!;
    volume = volumeWith(4);
    const doubtful = (await diceOf())['copies']!;
    expect(clear).toBeGreaterThan(0.9);
    expect(doubtful).toBeLessThan(clear - 0.1);
  });

  test('say nothing where none finds anything', async () => {
    thresholds = { balls: 2 };
    expect(await diceOf()).toEqual({ copies: null });
  });

  test('tell how far they have come, from 0 to 1', async () => {
    const shares: number[] = [];
    const { agreements } = await taskJudge('balls', ports());
    await agreements(SERIES, always, share => shares.push(share));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.99);
  });

  test('are not asked for any more once that is cancelled', async () => {
    const controller = new AbortController();
    const { agreements } = await taskJudge('balls', ports());
    const asking = agreements(SERIES, controller.signal, () => controller.abort());
    await expect(asking).rejects.toThrow('cancelled');
    expect(asked).toHaveLength(1);
  });
});

describe('the answers of several versions of a task', () => {
  test('are compared where they are promoted and find the same, whatever the order of their classes', async () => {
    tasks = [
      ...[task('balls', ['Ball', 'Other']), task('stricter', ['other', 'BALL'])],
      ...[task('retired', ['Ball', 'Other'], 'retired'), task('narrower', ['Ball'])],
    ];
    // Class 1 of the one is class 2 of the other: they have nothing in common.
    expect(await diceOf()).toMatchObject({ versions: 0 });
    expect(new Set(asked)).toEqual(new Set(['balls', 'stricter']));
    tasks = [task('balls'), task('stricter')];
    expect((await diceOf())['versions']).toBe(1);
  });
});

describe('a judge', () => {
  test('knows what the task was learned from', async () => {
    expect((await taskJudge('balls', ports())).known).toEqual({ as: 'learned-from', series: [] });
    tasks = [{ ...task('balls'), adaptationId: 'job' }];
    expect((await taskJudge('balls', ports())).known.series).toEqual([SERIES]);
  });

  test('is refused for a task that is not promoted, and for a series of another modality', async () => {
    tasks = [task('balls', ['Ball'], 'candidate')];
    await expect(taskJudge('balls', ports())).rejects.toThrow('wrong-state');
    tasks = [task('balls')];
    volume = volumeWith(0, 'MR');
    await expect(diceOf()).rejects.toThrow('model-not-for-modality');
  });
});
