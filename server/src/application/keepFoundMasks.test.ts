import { expect, test } from '@jest/globals';
import { atOnce } from '../domain/atOnce.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { emptyMask } from '../domain/mask.ts';
import type { MaskSnapshot, Segmentation } from '../domain/segmentation.ts';
import type { TaskClass } from '../domain/task.ts';
import { newUid } from '../domain/uid.ts';
import { addSegment } from './addSegment.ts';
import { always, noiseVolume } from './fixtures/ballPrediction.ts';
import { storedSegmentation } from './fixtures/storedSegmentation.ts';
import { keepFoundMasks, type FoundMasks } from './keepFoundMasks.ts';
import { KeyedMutex } from './keyedMutex.ts';
import { snapshotOf } from './snapshotOf.ts';
import type { Workspace } from './workspace.ts';

const MASS: TaskClass = {
  label: 'Mass',
  category: { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Altered Structure' },
  type: { value: '4147007', scheme: 'SCT', meaning: 'Mass' },
};
const found: FoundMasks = {
  ...{ classes: [MASS], volume: noiseVolume, algorithmName: 'a task' },
  masks: [emptyMask(noiseVolume.geometry.shapeIjk)],
};
const { series } = noiseVolume;

/** A segmentation that was opened with one segment. */
function workspaceOf(
  segmentNumber: number,
  openedMask?: MaskSnapshot,
): {
  readonly workspace: Pick<Workspace, 'store' | 'mutex' | 'newUid' | 'zoo'>;
  readonly present: () => Segmentation;
} {
  const { store, present } = storedSegmentation(segmentNumber, openedMask);
  const get = (): never => {
    throw new Error('no model is asked for');
  };
  return {
    workspace: { store, mutex: new KeyedMutex(), newUid, zoo: { list: () => [], get } },
    present,
  };
}

test('segments that are clicked and found get the numbers behind those of an opened object', async () => {
  const { workspace, present } = workspaceOf(65_533);
  await addSegment({ id: 's', version: undefined, segment: { label: 'Liver' } }, workspace);
  await keepFoundMasks({ series, segmentationId: 's' }, found, workspace, always);
  expect(present().segments.map(({ segmentNumber }) => segmentNumber)).toEqual([65_533, 65_534, 65_535]);
});

test('no segment gets a number that DICOM does not have', async () => {
  const { workspace, present } = workspaceOf(65_535);
  const refusal = { code: 'wrong-state', facts: { lastSegmentNumber: 65_535 } };
  const added = addSegment({ id: 's', version: undefined, segment: { label: 'Liver' } }, workspace);
  await expect(added).rejects.toMatchObject(refusal);
  const kept = keepFoundMasks({ series, segmentationId: 's' }, found, workspace, always);
  await expect(kept).rejects.toMatchObject(refusal);
  expect(present().segments).toHaveLength(1);
});

test('what was found in a series that has changed joins no segmentation from before', async () => {
  const { shapeIjk } = noiseVolume.geometry;
  const [first, ...others] = noiseVolume.slices;
  const before = { ...noiseVolume, slices: [first && { ...first, sopInstanceUID: '2.25.77' }, ...others] };
  const { workspace, present } = workspaceOf(1, atOnce(snapshotOf(emptyMask(shapeIjk), before)));
  const kept = keepFoundMasks({ series, segmentationId: 's' }, found, workspace, always);
  await expect(kept).rejects.toMatchObject({ code: 'series-changed' });
  expect(present().segments).toHaveLength(1);
});

test('a run that is cancelled while it waits for a click adds nothing', async () => {
  const { workspace, present } = workspaceOf(1);
  const run = new AbortController();
  let click = (): void => undefined;
  const clicking = workspace.mutex.run('s', () => new Promise<void>(resolve => (click = resolve)));
  const kept = keepFoundMasks({ series, segmentationId: 's' }, found, workspace, run.signal);
  run.abort();
  await Promise.resolve();
  click();
  await clicking;
  await expect(kept).rejects.toMatchObject({ code: 'cancelled' });
  expect(present().segments).toHaveLength(1);
});

test('a run that is cancelled while its segmentation is begun leaves none behind', async () => {
  const { workspace } = workspaceOf(1);
  const run = new AbortController();
  const kept = new Set<string>();
  const store: Workspace['store'] = {
    ...workspace.store,
    create: ({ id }) => {
      kept.add(id);
      run.abort();
      return Promise.resolve();
    },
    remove: id => Promise.resolve(void kept.delete(id)),
  };
  const zoo = { list: () => [SMALL_MODEL], get: () => SMALL_MODEL };
  const keeping = keepFoundMasks({ series }, found, { ...workspace, store, zoo }, run.signal);
  await expect(keeping).rejects.toMatchObject({ code: 'cancelled' });
  expect([...kept]).toEqual([]);
});
