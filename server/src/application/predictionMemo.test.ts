import { describe, expect, test } from '@jest/globals';
import type { Mask } from '../domain/mask.ts';
import { opened, type PromptState } from './applyPrompt.ts';
import { PredictionMemo } from './predictionMemo.ts';

const SIDE = 24;
const BOX_BYTES = SIDE ** 3;

/** Two places far apart, as of several metastases in one segment: a box of which nearly nothing is filled. */
function scattered(voxel: number): Mask {
  const shapeIjk = [SIDE, SIDE, SIDE] as const;
  const voxels = new Uint8Array(BOX_BYTES);
  voxels[0] = 1;
  voxels[voxel] = 1;
  voxels[BOX_BYTES - 1] = 1;
  return { shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels };
}

function stateOf(voxel: number): PromptState {
  return { mask: scattered(voxel), predictedIou: voxel / BOX_BYTES };
}

describe('what is known of prompt sequences', () => {
  test('is the same when it is asked for', async () => {
    const memo = new PredictionMemo(100 * BOX_BYTES);
    const state = { ...opened(scattered(5)), mask: scattered(6), isProbed: true };
    await memo.set('one', state);
    expect(await memo.get('one')).toEqual(state);
    expect(await memo.get('other')).toBeUndefined();
  });

  test('stays where the box of a mask is larger than all that may be remembered: the next prompt costs one decode', async () => {
    const memo = new PredictionMemo(BOX_BYTES / 2);
    const state = { ...stateOf(7), opened: scattered(8) };
    await memo.set('one', state);
    await memo.set('other', stateOf(9));
    expect(await memo.get('one')).toEqual(state);
    expect(await memo.get('other')).toEqual(stateOf(9));
  });

  test('is dropped beyond a budget, the longest unused first', async () => {
    const memo = new PredictionMemo(1024);
    for (let n = 0; n < 100; n++) await memo.set(`${n}`, stateOf(n + 1));
    expect(await memo.get('0')).toBeUndefined();
    expect(await memo.get('99')).toEqual(stateOf(100));
  });

  test('takes as much of the budget as its name does', async () => {
    const memo = new PredictionMemo(64 * 1024);
    const nameOf = (n: number): string => `${n} of many strokes `.padEnd(10_000, '-');
    for (let n = 0; n < 10; n++) await memo.set(nameOf(n), stateOf(n + 1));
    expect(await memo.get(nameOf(0))).toBeUndefined();
    expect(await memo.get(nameOf(9))).toEqual(stateOf(10));
  });
});
