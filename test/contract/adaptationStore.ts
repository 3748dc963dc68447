import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Adaptation } from '../../server/src/domain/adaptation.ts';
import { cancelled, claimed, completed, withCheckpoint } from '../../server/src/domain/adaptationState.ts';
import { jobSettings } from '../../server/src/domain/fixtures/jobSettings.ts';
import type { RegisteredTask } from '../../server/src/domain/task.ts';
import type { AdaptationStore } from '../../server/src/ports/adaptationStore.ts';
import type { TaskRegistry } from '../../server/src/ports/taskRegistry.ts';

let count = 0;
export function newAdaptation(): Adaptation {
  return {
    id: crypto.randomUUID(),
    createdAt: new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString(),
    ...{ title: 'Leber „links“', method: 'samed', base: { model: 'm', version: '1' } },
    ...{ modalities: ['CT'], settings: jobSettings({ seed: 7 }) },
    classes: [
      {
        label: 'Leber',
        category: { value: '1', scheme: 'SCT', meaning: 'Anatomical Structure' },
        type: { value: '2', scheme: 'SCT', meaning: 'Liver' },
      },
    ],
    cases: [
      {
        ...{ caseId: crypto.randomUUID(), patientKey: 'p', fold: 1 },
        series: { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', image: { sopInstanceUID: '1.4' } },
        origin: { kind: 'object', seriesInstanceUID: '1.5', sopInstanceUID: '1.6' },
        ...{ labelmapSha256: 'labels', volumeFingerprint: 'grid' },
      },
    ],
    state: { kind: 'queued', attempts: 0 },
  };
}

export function newTask(id: string): RegisteredTask {
  const sha256 = 'ab'.repeat(32);
  return {
    description: {
      ...{ id, title: 'Liver', method: 'samed', modalities: ['CT'], provenance: { seed: 1 } },
      base: { model: 'm', version: '1', encoderSha256: sha256 },
      classes: newAdaptation().classes,
      plan: { spacingMm: 2, cubeVoxels: 64, overlap: 0.5 },
      quality: {
        ...{ kind: 'cross-validation', folds: 2, cases: 2, patients: 2, meanDice: 0.5 },
        perClass: [{ label: 'Liver', dice: null, ci95: null }],
      },
    },
    files: {
      ...{ 'task.json': sha256, 'adapter.safetensors': sha256 },
      ...{ 'task_decoder.onnx': sha256, 'CARD.md': sha256 },
    },
    history: [{ state: 'candidate', at: '2026-01-01T00:00:00.000Z' }],
  };
}

function lease(expiresMs: number): { leaseId: string; worker: string; expiresMs: number } {
  return { leaseId: crypto.randomUUID(), worker: 'w', expiresMs };
}

/** What every implementation of the port keeps. */
export function adaptationStoreContract(
  name: string,
  open: () => Promise<{
    readonly store: AdaptationStore;
    readonly tasks: TaskRegistry;
    readonly close: () => Promise<void>;
  }>,
): void {
  describe(`adaptation store: ${name}`, () => {
    let store: AdaptationStore;
    let tasks: TaskRegistry;
    let close: () => Promise<void>;
    beforeAll(async () => ({ store, tasks, close } = await open()));
    afterAll(() => close());

    test('a job is read as it was made, and the newest is listed first', async () => {
      const [first, second] = [newAdaptation(), newAdaptation()];
      await store.create(first);
      await store.create(second);
      expect(await store.load(first.id)).toEqual(first);
      const ids = (await store.list({ limit: 2, offset: 0 })).map(({ id }) => id);
      expect(ids).toEqual([second.id, first.id]);
      await store.update(first.id, cancelled);
      await store.update(second.id, cancelled);
    });

    test('the oldest waiting job of a method is claimed, once', async () => {
      const [first, second] = [newAdaptation(), newAdaptation()];
      await store.create(first);
      await store.create(second);
      const claim = (): Promise<Adaptation | undefined> =>
        store.claimNext({ methods: ['samed', 'vanilla'], lacking: [] }, job => claimed(job, lease(50)));
      expect(
        await store.claimNext({ methods: ['vanilla'], lacking: [] }, job => claimed(job, lease(50))),
      ).toBeUndefined();
      const taken = await Promise.all([claim(), claim(), claim()]);
      expect(taken.map(job => job?.id).sort()).toEqual([first.id, second.id, undefined].sort());
      expect([...(await store.expiredAt(50))].sort()).toEqual([first.id, second.id].sort());
      expect(await store.expiredAt(49)).toEqual([]);
    });

    test('a job on a base that is lacking waits for another worker, and holds nobody up', async () => {
      const [waiting, other] = [newAdaptation(), { ...newAdaptation(), base: { model: 'm', version: '2' } }];
      await store.create(waiting);
      await store.create(other);
      const lacking = [waiting.base, { model: 'n', version: '2' }];
      const claim = (): Promise<Adaptation | undefined> =>
        store.claimNext({ methods: ['samed'], lacking }, job => claimed(job, lease(50)));
      expect((await claim())?.id).toBe(other.id);
      expect(await claim()).toBeUndefined();
      for (const { id } of [waiting, other]) await store.update(id, cancelled);
    });

    test('a change that fails changes nothing', async () => {
      const job = newAdaptation();
      await store.create(job);
      const failing = store.update(job.id, before => withCheckpoint(before, 'not mine', 'c'));
      await expect(failing).rejects.toThrow('lease-lost');
      expect(await store.load(job.id)).toEqual(job);
    });

    test('a job ends together with the registration of its task, or neither happens', async () => {
      const [job, held] = [newAdaptation(), lease(9e12)];
      await store.create(job);
      const task = newTask(job.id);
      const complete = (leaseId: string): Promise<boolean> =>
        store.complete(job.id, before => completed(before, leaseId, job.id), task);
      await expect(complete(held.leaseId)).rejects.toThrow('lease-lost');
      await expect(tasks.load(job.id)).rejects.toThrow('task-not-found');

      const running = await store.update(job.id, before => claimed(before, held));
      await tasks.register({ ...task, description: { ...task.description, title: 'Another' } });
      expect(await complete(held.leaseId)).toBe(false);
      expect(await store.load(job.id)).toEqual(running);
      expect((await tasks.load(job.id)).description.title).toBe('Another');

      const own = newTask('a task of its own');
      expect(await store.complete(job.id, before => completed(before, held.leaseId, 'own'), own)).toBe(true);
      expect((await store.load(job.id)).state).toMatchObject({ kind: 'done', taskId: 'own' });
      expect(await tasks.load(own.description.id)).toEqual(own);
    });

    test('what a job that has not ended needs is in use', async () => {
      const held = lease(9e12);
      const job = { ...newAdaptation(), createdAt: '2020-01-01T00:00:00.000Z' };
      await store.create(job);
      await store.claimNext({ methods: ['samed'], lacking: [] }, waiting => claimed(waiting, held));
      await store.update(job.id, before => withCheckpoint(before, held.leaseId, 'checkpoint'));
      expect([...(await store.filesInUse())]).toEqual(expect.arrayContaining(['labels', 'checkpoint']));
    });

    test('reports come back in their order', async () => {
      const job = newAdaptation();
      await store.create(job);
      const report = { at: job.createdAt, phase: 'fold 1', step: 1, steps: 2 };
      await store.report(job.id, { ...report, loss: 0.5, dice: 0.25 });
      await store.report(job.id, { ...report, line: 'hello' });
      expect(await store.reports(job.id)).toEqual([
        { ...report, loss: 0.5, dice: 0.25 },
        { ...report, line: 'hello' },
      ]);
    });

    test('a job that is not there is not found', async () => {
      await expect(store.load(crypto.randomUUID())).rejects.toThrow('adaptation-not-found');
    });
  });
}
