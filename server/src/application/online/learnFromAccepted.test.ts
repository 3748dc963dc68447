import { describe, expect, test } from '@jest/globals';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import type { Vector3 } from '../../domain/affine.ts';
import { countVoxels, type Mask } from '../../domain/mask.ts';
import type {
  AdaptationKey,
  AppliedAdaptation,
  OnlineAdaptation,
} from '../../domain/online/onlineAdaptation.ts';
import type { Prompt } from '../../domain/prompt.ts';
import type { Segmentation } from '../../domain/segmentation.ts';
import { always, ballServer, include, noiseVolume } from '../fixtures/ballPrediction.ts';
import { predictSegment } from '../predictSegment.ts';
import type { Prediction } from '../workspace.ts';
import {
  corrected,
  newLearning,
  PLACES,
  pointAt,
  SCOPE,
  stored,
  trueBall,
} from './fixtures/acceptedBalls.ts';
import { MemoryAdaptationStore } from './fixtures/memoryAdaptationStore.ts';
import { learnFromAccepted, noteLessons } from './learnFromAccepted.ts';
import { resetAdaptation } from './resetAdaptation.ts';
import { adaptationKeyOf, currentAdaptation, type OnlineLearning } from './onlineLearning.ts';

/** Pauses once it has been read. */
class SlowStore extends MemoryAdaptationStore {
  paused = Promise.resolve();
  onRead = (): void => undefined;

  override async find(key: AdaptationKey): Promise<OnlineAdaptation | undefined> {
    const found = await super.find(key);
    this.onRead();
    await this.paused;
    return found;
  }
}

/** Noted, stored and learned from. */
async function accept(segmentation: Segmentation, learning: OnlineLearning): Promise<void> {
  await noteLessons(segmentation, noiseVolume, learning);
  await learnFromAccepted(stored(segmentation), learning, always);
}

/** @param patientOf whose segments they are; each is of a patient of its own where nothing is said */
async function taught(
  label: string,
  places: readonly Vector3[],
  patientOf: (place: Vector3) => string = String,
): Promise<OnlineLearning> {
  const learning = newLearning();
  for (const place of places) {
    await accept(corrected(label, [place]), { ...learning, patientKeyOf: () => patientOf(place) });
  }
  return learning;
}

function known(
  learning: OnlineLearning,
  label: string,
  scope = SCOPE,
): Promise<AppliedAdaptation | undefined> {
  const key = adaptationKeyOf(scope, label, noiseVolume.modality, SMALL_MODEL);
  if (!key) throw new Error('the label names nothing');
  return currentAdaptation(key, learning);
}

function predicted(prompts: readonly Prompt[], adaptation?: AppliedAdaptation): Promise<Prediction> {
  const { series } = noiseVolume;
  return predictSegment({ series, modelId: 'small', prompts, adaptation }, ballServer().ports, always);
}

const NEW: Vector3 = PLACES[3] ?? [0, 0, 0];
const CLICK = include(pointAt(NEW));

describe('learning from accepted corrections', () => {
  test('answers the next click more like what was accepted', async () => {
    const adaptation = await known(await taught('Cyst', PLACES.slice(0, 3)), 'Cyst');
    expect(adaptation).toMatchObject({ label: 'Cyst', caseCount: 3 });
    const [frozen, fused] = [await predicted([CLICK]), await predicted([CLICK], adaptation)];
    const wanted = countVoxels(trueBall(NEW));
    const off = (mask: Mask): number => Math.abs(countVoxels(mask) - wanted);
    expect(fused.isAdapted).toBe(true);
    expect(off(fused.mask)).toBeLessThan(off(frozen.mask) / 2);
  });

  test.each([0, 1])('leaves the model alone after %i cases', async count => {
    const learning = await taught('Cyst', PLACES.slice(0, count));
    const adaptation = await known(learning, 'Cyst');
    expect(adaptation).toBeUndefined();
    expect((await predicted([CLICK], adaptation)).mask).toEqual((await predicted([CLICK])).mask);
  });

  test('leaves the model alone after cases of one patient: none was held back', async () => {
    const learning = await taught('Cyst', PLACES, () => 'patient');
    expect(await known(learning, 'Cyst')).toBeUndefined();
    const [adaptation] = await learning.store.list(SCOPE);
    expect(adaptation?.cases.map(({ patient, heldBack }) => [patient, heldBack])).toEqual(
      PLACES.map(() => ['patient', undefined]),
    );
  });

  test('says nothing to other labels, users and tenants', async () => {
    const learning = await taught('Cyst', PLACES);
    expect(await known(learning, 'cysts')).toBeDefined();
    expect(await known(learning, 'Lesion')).toBeUndefined();
    expect(await known(learning, 'Cyst', { ...SCOPE, userGroup: 'others' })).toBeUndefined();
    expect(await known(learning, 'Cyst', { ...SCOPE, tenant: 'others' })).toBeUndefined();
  });

  test('learns nothing from what was accepted as it was shown, or has no name', async () => {
    const learning = newLearning();
    await accept(corrected('Cyst', [NEW], 1), learning);
    await accept(corrected('Segment 1', [NEW]), learning);
    expect(await learning.store.list(SCOPE)).toEqual([]);
    expect(await learning.store.lessons(SCOPE)).toEqual([]);
  });

  test('learns nothing from masks of a series that has changed since: they would lie elsewhere', async () => {
    const learning = newLearning();
    const { prediction } = learning;
    const [first, ...slices] = noiseVolume.slices;
    const volume = { ...noiseVolume, slices: [{ ...first!, sopInstanceUID: '2.25.99' }, ...slices] };
    const volumes = { load: () => Promise.resolve({ volume, timings: {} }) };
    const changed = { ...learning, prediction: { ...prediction, volumes } };
    const segmentation = corrected('Cyst', [NEW]);
    await noteLessons(segmentation, noiseVolume, changed);
    await expect(learnFromAccepted(stored(segmentation), changed, always)).rejects.toMatchObject({
      code: 'series-changed',
    });
    expect(await learning.store.list(SCOPE)).toEqual([]);
  });

  test('learns one case from a segment that is stored twice', async () => {
    const learning = await taught('Cyst', [NEW, NEW]);
    expect((await learning.store.list(SCOPE)).map(({ cases }) => cases.length)).toEqual([1]);
  });

  test('forgets what is being learned as it is reset', async () => {
    const store = new SlowStore();
    const learning = newLearning(store);
    await accept(corrected('Cyst', PLACES.slice(0, 1)), learning);
    const [adaptation] = await store.list(SCOPE);
    const next = corrected('Cyst', PLACES.slice(1, 2));
    await noteLessons(next, noiseVolume, learning);
    let goOn = (): void => undefined;
    store.paused = new Promise<void>(resolve => (goOn = resolve));
    const reading = new Promise<void>(resolve => (store.onRead = resolve));
    const lesson = learnFromAccepted(stored(next), learning, always);
    await reading;
    const reset = resetAdaptation(adaptation!.id, learning);
    setImmediate(() => goOn());
    await Promise.all([lesson, reset]);
    expect(await learning.store.list(SCOPE)).toEqual([]);
  });

  test('gives the same masks again from what the operation log keeps of it', async () => {
    const adaptation = await known(await taught('Cyst', PLACES), 'Cyst');
    const prompts = [CLICK, include(pointAt([NEW[0] + 6, NEW[1], NEW[2]]))];
    const logged = JSON.parse(JSON.stringify(adaptation)) as AppliedAdaptation;
    const [first, again] = [await predicted(prompts, adaptation), await predicted(prompts, logged)];
    expect(again.mask).toEqual(first.mask);
    expect(first.isAdapted).toBe(true);
  });

  test('has no say in the answer to a box', async () => {
    const adaptation = await known(await taught('Cyst', PLACES), 'Cyst');
    const corner = (shift: number): Vector3 => pointAt([NEW[0] + shift, NEW[1] + shift, NEW[2] + shift]);
    const box: Prompt = { kind: 'box', cornersLps: [corner(-4), corner(4)] };
    const [frozen, asked] = [await predicted([box]), await predicted([box], adaptation)];
    expect(asked.isAdapted).toBe(false);
    expect(asked.mask).toEqual(frozen.mask);
  });
});
