import { expect, test } from '@jest/globals';
import { PLAIN_BINARY } from '../domain/segmentationFormat.ts';
import type { Mask } from '../domain/mask.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import type { Segmentation } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import { newUid } from '../domain/uid.ts';
import { addPrompts } from './addPrompts.ts';
import { encodeSegmentation } from './encodeSegmentationObject.ts';
import { always, include, noiseVolume, predict } from './fixtures/ballPrediction.ts';
import { storedSegmentation } from './fixtures/storedSegmentation.ts';
import { turnsOf } from './fixtures/turnsOf.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { KeyedMutex } from './keyedMutex.ts';
import type { Workspace } from './workspace.ts';

/** A segmentation with one segment, in an archive whose series `holds` gives as a volume. */
function workspaceOf(holds: () => Volume): {
  readonly workspace: Pick<Workspace, 'store' | 'mutex' | 'predict' | 'adaptationFor'>;
  readonly present: () => Segmentation;
} {
  const { store, present } = storedSegmentation();
  return {
    workspace: {
      ...{ store, mutex: new KeyedMutex() },
      predict: ({ prompts }) => predict(holds(), prompts),
      adaptationFor: () => Promise.resolve({ adaptation: undefined, timings: {} }),
    },
    present,
  };
}

const click = (promptId: string) => ({
  ...{ id: 's', segmentNumber: 1, version: undefined },
  prompts: [{ promptId, prompt: include([0, 10, 760]) }],
});

test('a series that has grown takes no more prompts on the masks from before, and none of them is encoded', async () => {
  let volume: Volume = noiseVolume;
  const { workspace, present } = workspaceOf(() => volume);
  await addPrompts(click('a'), workspace, always);
  await addPrompts(click('b'), workspace, always);
  expect(present().segments[0]?.steps).toHaveLength(2);

  const [first, ...others] = noiseVolume.slices;
  volume = { ...noiseVolume, slices: [first && { ...first, sopInstanceUID: '2.25.77' }, ...others] };
  await expect(addPrompts(click('c'), workspace, always)).rejects.toMatchObject({ code: 'series-changed' });
  expect(present().segments[0]?.steps).toHaveLength(2);

  const encode = (source: Volume): unknown =>
    encodeSegmentation(present(), source, SMALL_MODEL, {
      segmentationEncoder: { encode: () => Uint8Array.of(1) },
      segmentationFormat: PLAIN_BINARY,
      newUid,
    });
  expect(() => encode(volume)).toThrow('series-changed');
  expect(encode(noiseVolume)).toMatchObject({ part10: Uint8Array.of(1) });
});

test('a mask of a whole body is kept in turns, and prompts still follow one another', async () => {
  const { workspace, present } = workspaceOf(() => noiseVolume);
  const shapeIjk = [512, 512, 40] as const;
  const voxels = new Uint8Array(512 * 512 * 40).fill(1);
  const body: Mask = { shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels };
  let answering = 0;
  const ofBodies: typeof workspace = {
    ...workspace,
    predict: async (...asked) => {
      // The one before is in the log.
      expect(present().segments[0]?.steps).toHaveLength(answering++);
      return { ...(await workspace.predict(...asked)), mask: body };
    },
  };
  const ids = ['a', 'b', 'c'];
  const { turns, result } = await turnsOf(() =>
    Promise.all(ids.map(id => addPrompts(click(id), ofBodies, always))),
  );
  expect(present().segments[0]?.promptIds).toEqual(ids);
  expect(
    result.map(({ segmentation, changedSlices }) => [segmentation.version, changedSlices.length]),
  ).toEqual([
    [2, 40],
    [3, 0],
    [4, 0],
  ]);
  expect(result.map(({ segment }) => segment.steps.length)).toEqual([1, 2, 3]);
  // Of each, a tenth of the voxels at a time: to keep them, and to find what has changed.
  expect(turns).toBeGreaterThanOrEqual(30);
});

test('prompts of one request are all answered on one volume, or not at all: others could not be gone on with', async () => {
  const [first, ...others] = noiseVolume.slices;
  const grown = { ...noiseVolume, slices: [first && { ...first, sopInstanceUID: '2.25.77' }, ...others] };
  const volumes = [noiseVolume, grown];
  const { workspace, present } = workspaceOf(() => volumes.shift() ?? grown);
  const prompts = ['a', 'b'].flatMap(promptId => click(promptId).prompts);
  const both = addPrompts({ ...click('a'), prompts }, workspace, always);
  await expect(both).rejects.toMatchObject({ code: 'series-changed' });
  expect(present().segments[0]?.steps).toEqual([]);
  await addPrompts({ ...click('a'), prompts }, workspace, always);
  expect(present().segments[0]?.steps).toHaveLength(2);
});

test('a segment goes on as its first answer began, whatever is learned meanwhile, and can be asked without', async () => {
  const { workspace, present } = workspaceOf(() => noiseVolume);
  const asked: (number | undefined)[] = [];
  let revision = 1;
  const learning: typeof workspace = {
    ...workspace,
    adaptationFor: (_segmentation, label) =>
      Promise.resolve({ adaptation: applied(revision, label), timings: {} }),
    predict: async ({ prompts, adaptation }) => {
      asked.push(adaptation?.revision);
      return { ...(await predict(noiseVolume, prompts)), isAdapted: adaptation !== undefined };
    },
  };
  await addPrompts(click('a'), learning, always);
  revision = 2;
  await addPrompts(click('b'), learning, always);
  await addPrompts({ ...click('c'), isFrozen: true }, learning, always);
  await addPrompts(click('d'), learning, always);
  expect(asked).toEqual([1, 1, undefined, 1]);
  const kept = present().segments[0]?.steps.map(step => step.kind === 'prompt' && step.adaptation?.label);
  expect(kept).toEqual(['Ball', 'Ball', undefined, 'Ball']);
});

function applied(revision: number, label: string): AppliedAdaptation {
  return { adaptationId: 'a', revision, label, caseCount: 3, gain: 1, weights: [] };
}
