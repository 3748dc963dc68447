import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withCase, type AcceptedCase } from '../../server/src/domain/online/acceptedCases.ts';
import { ballCase } from '../../server/src/domain/online/fixtures/ballCase.ts';
import type { Lesson } from '../../server/src/domain/online/lesson.ts';
import type { AdaptationKey, OnlineAdaptation } from '../../server/src/domain/online/onlineAdaptation.ts';
import type { OnlineAdaptationStore } from '../../server/src/ports/onlineAdaptationStore.ts';

const SCOPE = { tenant: 'site', userGroup: 'readers' };
const MANY = 100;
let count = 0;

export function newLesson(key: AdaptationKey, change: Partial<Lesson> = {}): Lesson {
  return { key, segmentationId: crypto.randomUUID(), segmentNumber: 1, version: 4, tries: 0, ...change };
}

/** Two cases of a task of its own, learned later than any before. */
export function newOnlineAdaptation(key: Partial<AdaptationKey> = {}): OnlineAdaptation {
  const at = new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString();
  const cases = [1, 2].reduce<readonly AcceptedCase[]>((known, n) => {
    const { opening, truth } = ballCase(n, 7);
    return withCase(known, { key: `${n}`, patient: `patient ${n}` }, opening, truth);
  }, []);
  return {
    id: crypto.randomUUID(),
    key: { ...SCOPE, task: `leber ${count}`, modality: 'CT', modelId: 'm', modelVersion: '1', ...key },
    ...{ label: 'Leber „links“', revision: 2, createdAt: at, updatedAt: at, cases },
  };
}

/** What every implementation of the port keeps. */
export function onlineAdaptationStoreContract(
  name: string,
  open: () => Promise<{ readonly store: OnlineAdaptationStore; readonly close: () => Promise<void> }>,
): void {
  describe(`online adaptation store: ${name}`, () => {
    let store: OnlineAdaptationStore;
    let close: () => Promise<void>;
    beforeAll(async () => ({ store, close } = await open()));
    afterAll(() => close());

    /** Learned from a lesson of its own. */
    async function keep(adaptation: OnlineAdaptation, most: number): Promise<void> {
      const lesson = newLesson(adaptation.key);
      await store.note([lesson], MANY);
      expect(await store.learn(lesson, adaptation, most)).toBe(true);
    }

    test('is found by its whole key, to the last digit', async () => {
      const saved = newOnlineAdaptation();
      await keep(saved, MANY);
      expect(await store.find(saved.key)).toEqual(saved);
      const others: Partial<AdaptationKey>[] = [
        ...[{ tenant: 'other' }, { userGroup: 'other' }, { task: 'other' }, { modality: 'MR' }],
        ...[{ modelId: 'other' }, { modelVersion: '2' }],
      ];
      for (const other of others) expect(await store.find({ ...saved.key, ...other })).toBeUndefined();
    });

    test('what is saved again is kept instead', async () => {
      const before = newOnlineAdaptation();
      await keep(before, MANY);
      const after = { ...before, revision: 3, cases: before.cases.slice(1) };
      await keep(after, MANY);
      expect(await store.find(before.key)).toEqual(after);
    });

    test('lists those of one scope, the one that learned last first', async () => {
      const [tenant, userGroup] = [crypto.randomUUID(), 'g'];
      const [first, second] = [
        newOnlineAdaptation({ tenant, userGroup }),
        newOnlineAdaptation({ tenant, userGroup }),
      ];
      await keep(first, MANY);
      await keep(second, MANY);
      await keep(newOnlineAdaptation({ tenant, userGroup: 'other' }), MANY);
      const listed = await store.list({ tenant, userGroup });
      expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    });

    test('forgets those of its scope that learned longest ago', async () => {
      const tenant = crypto.randomUUID();
      const elsewhere = newOnlineAdaptation();
      await keep(elsewhere, MANY);
      const saved = [1, 2, 3].map(() => newOnlineAdaptation({ tenant }));
      for (const one of saved) await keep(one, 2);
      const kept = await store.list({ ...SCOPE, tenant });
      expect(kept.map(({ id }) => id)).toEqual([saved[2]?.id, saved[1]?.id]);
      expect(await store.find(elsewhere.key)).toEqual(elsewhere);
    });

    test('keeps lessons of one scope in their order, each once, with how often they were tried', async () => {
      const scope = { ...SCOPE, tenant: crypto.randomUUID() };
      const { key } = newOnlineAdaptation(scope);
      const [first, second] = [newLesson(key), newLesson(key, { segmentNumber: 2 })];
      await store.note([first, second], MANY);
      await store.note([newLesson({ ...key, userGroup: 'other' })], MANY);
      expect(await store.noteTries(first, 2)).toBe(true);
      await store.note([first], MANY);
      expect(await store.lessons(scope)).toEqual([{ ...first, tries: 2 }, second]);
      await store.drop(first);
      expect(await store.noteTries(first, 3)).toBe(false);
      expect(await store.lessons(scope)).toEqual([second]);
    });

    test('drops the oldest lessons of a scope beyond the most', async () => {
      const scope = { ...SCOPE, tenant: crypto.randomUUID() };
      const { key } = newOnlineAdaptation(scope);
      const lessons = [1, 2, 3].map(segmentNumber => newLesson(key, { segmentNumber }));
      for (const lesson of lessons) await store.note([lesson], 2);
      expect(await store.lessons(scope)).toEqual(lessons.slice(1));
    });

    test('learns a lesson once, and none that a newer version of its segment has overtaken', async () => {
      const before = newOnlineAdaptation({ tenant: crypto.randomUUID() });
      const after = { ...before, revision: 3 };
      const old = newLesson(before.key);
      const newer = { ...old, version: old.version + 2 };
      const other = { ...old, segmentNumber: 2 };
      await store.note([old, newer, other], MANY);
      expect(await store.learn(newer, before, MANY)).toBe(true);
      for (const over of [newer, old]) expect(await store.learn(over, after, MANY)).toBe(false);
      expect(await store.find(before.key)).toEqual(before);
      expect(await store.lessons(before.key)).toEqual([other]);
    });

    test('removes the lessons of its key together with what was learned, and no others', async () => {
      const saved = newOnlineAdaptation({ tenant: crypto.randomUUID() });
      await keep(saved, MANY);
      const others = [
        newLesson({ ...saved.key, task: 'other' }),
        newLesson({ ...saved.key, modality: 'MR' }),
      ];
      const own = newLesson(saved.key);
      await store.note([own, ...others], MANY);
      await store.remove(saved.key, saved.id);
      expect(await store.lessons(saved.key)).toEqual(others);
      expect(await store.learn(own, saved, MANY)).toBe(false);
      expect(await store.find(saved.key)).toBeUndefined();
    });

    test('is removed once, and only by its own scope', async () => {
      const saved = newOnlineAdaptation();
      await keep(saved, MANY);
      const other = store.remove({ ...SCOPE, tenant: 'other' }, saved.id);
      await expect(other).rejects.toThrow('online-adaptation-not-found');
      await store.remove(SCOPE, saved.id);
      expect(await store.find(saved.key)).toBeUndefined();
      await expect(store.remove(SCOPE, saved.id)).rejects.toThrow('online-adaptation-not-found');
    });
  });
}
