import { describe, expect, test } from '@jest/globals';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import type { Vector3 } from '../../domain/affine.ts';
import { foldOperations } from '../../domain/applyOperation.ts';
import { countVoxels, type Mask } from '../../domain/mask.ts';
import { MaskBuilder } from '../../domain/maskBuilder.ts';
import type { AppliedAdaptation, OnlineAdaptation } from '../../domain/online/onlineAdaptation.ts';
import type { Prompt } from '../../domain/prompt.ts';
import type { Operation, Segmentation } from '../../domain/segmentation.ts';
import { pointLpsOf } from '../../domain/volumeGeometry.ts';
import type { OnlineAdaptationStore } from '../../ports/onlineAdaptationStore.ts';
import { always, ballServer, include, noiseVolume } from '../fixtures/ballPrediction.ts';
import { KeyedMutex } from '../keyedMutex.ts';
import { predictSegment } from '../predictSegment.ts';
import { snapshotOf } from '../snapshotOf.ts';
import type { Prediction } from '../workspace.ts';
import { learnFromAccepted } from './learnFromAccepted.ts';
import { resetAdaptation } from './resetAdaptation.ts';
import { adaptationKeyOf, currentAdaptation, type OnlineLearning } from './onlineLearning.ts';

const SCOPE = { tenant: 'site', userGroup: 'readers' };
const PLACES: readonly Vector3[] = [
  [20, 20, 20],
  [30, 24, 16],
  [40, 40, 24],
  [24, 36, 18],
];
const TRUE_RADIUS_MM = 9;

function pointAt(indexIjk: Vector3): Vector3 {
  return pointLpsOf(noiseVolume.geometry, indexIjk);
}

/** Larger than the ball that the engine sees. */
function trueBall([i, j, k]: Vector3): Mask {
  const builder = new MaskBuilder(noiseVolume.geometry.shapeIjk);
  for (let z = 0; z < 40; z++) {
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) {
        if (Math.hypot(2 * (x - i), 2 * (y - j), 3 * (z - k)) < TRUE_RADIUS_MM) builder.addRun(x, y, z, 1);
      }
    }
  }
  return builder.toMask();
}

/** A segment that was clicked on, corrected and stored. */
function stored(place: Vector3, label: string, promptCount = 2): Segmentation {
  const start = {
    ...{ id: place.join('/'), series: noiseVolume.series, modelId: 'small' },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  const mask = snapshotOf(trueBall(place), noiseVolume);
  const steps = Array.from({ length: promptCount }, (_, n): Operation => {
    const step = { kind: 'prompt', promptId: `${n}`, prompt: include(pointAt(place)) } as const;
    return { kind: 'step-added', segmentNumber: 1, step: { ...step, predictedIou: 0.5, mask } };
  });
  return foldOperations(start, [
    { kind: 'segment-added', segmentNumber: 1, label, colour: [1, 2, 3], trackingUID: '2.25.1' },
    ...steps,
  ]);
}

function learningOf(): OnlineLearning & { readonly kept: Map<string, OnlineAdaptation> } {
  const kept = new Map<string, OnlineAdaptation>();
  const store: OnlineAdaptationStore = {
    list: () => Promise.resolve([...kept.values()]),
    find: key => Promise.resolve(kept.get(JSON.stringify(key))),
    save: adaptation => Promise.resolve(void kept.set(JSON.stringify(adaptation.key), adaptation)),
    remove: (_scope, id) => {
      for (const [key, adaptation] of kept) if (adaptation.id === id) kept.delete(key);
      return Promise.resolve();
    },
  };
  const { ports } = ballServer();
  const now = (): string => '2026-01-01T00:00:00.000Z';
  return { store, kept, scope: SCOPE, mutex: new KeyedMutex(), prediction: ports, now };
}

async function taught(label: string, places: readonly Vector3[]): Promise<OnlineLearning> {
  const learning = learningOf();
  for (const place of places) await learnFromAccepted(stored(place, label), learning, always);
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

  test('says nothing to other labels, users and tenants', async () => {
    const learning = await taught('Cyst', PLACES);
    expect(await known(learning, 'cysts')).toBeDefined();
    expect(await known(learning, 'Lesion')).toBeUndefined();
    expect(await known(learning, 'Cyst', { ...SCOPE, userGroup: 'others' })).toBeUndefined();
    expect(await known(learning, 'Cyst', { ...SCOPE, tenant: 'others' })).toBeUndefined();
  });

  test('learns nothing from what was accepted as it was shown, or has no name', async () => {
    const learning = learningOf();
    await learnFromAccepted(stored(NEW, 'Cyst', 1), learning, always);
    await learnFromAccepted(stored(NEW, 'Segment 1'), learning, always);
    expect(learning.kept.size).toBe(0);
  });

  test('learns one case from a segment that is stored twice', async () => {
    const learning = await taught('Cyst', [NEW, NEW]);
    expect((await learning.store.list(SCOPE)).map(({ cases }) => cases.length)).toEqual([1]);
  });

  test('forgets what is being learned as it is reset', async () => {
    const learning = await taught('Cyst', PLACES.slice(0, 1));
    const [adaptation] = await learning.store.list(SCOPE);
    if (!adaptation) throw new Error('nothing was learned');
    const key = JSON.stringify(adaptation.key);
    // A lesson that has read what was known and has not written yet.
    let write = (): void => undefined;
    const lesson = learning.mutex.run(key, async () => {
      await new Promise<void>(resolve => (write = resolve));
      await learning.store.save(adaptation, 9);
    });
    const reset = resetAdaptation(adaptation.id, learning);
    setImmediate(() => write());
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
