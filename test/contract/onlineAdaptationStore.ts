import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withCase, type AcceptedCase } from '../../server/src/domain/online/acceptedCases.ts';
import { ballCase } from '../../server/src/domain/online/fixtures/ballCase.ts';
import type { AdaptationKey, OnlineAdaptation } from '../../server/src/domain/online/onlineAdaptation.ts';
import type { OnlineAdaptationStore } from '../../server/src/ports/onlineAdaptationStore.ts';

const SCOPE = { tenant: 'site', userGroup: 'readers' };
const MANY = 100;
let count = 0;

/** Two cases of a task of its own, learned later than any before. */
function newAdaptation(key: Partial<AdaptationKey> = {}): OnlineAdaptation {
  const at = new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString();
  const cases = [1, 2].reduce<readonly AcceptedCase[]>((known, n) => {
    const { opening, truth } = ballCase(n, 7);
    return withCase(known, `${n}`, opening, truth);
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

    test('is found by its whole key, to the last digit', async () => {
      const saved = newAdaptation();
      await store.save(saved, MANY);
      expect(await store.find(saved.key)).toEqual(saved);
      const others: Partial<AdaptationKey>[] = [
        ...[{ tenant: 'other' }, { userGroup: 'other' }, { task: 'other' }, { modality: 'MR' }],
        ...[{ modelId: 'other' }, { modelVersion: '2' }],
      ];
      for (const other of others) expect(await store.find({ ...saved.key, ...other })).toBeUndefined();
    });

    test('what is saved again is kept instead', async () => {
      const before = newAdaptation();
      await store.save(before, MANY);
      const after = { ...before, revision: 3, cases: before.cases.slice(1) };
      await store.save(after, MANY);
      expect(await store.find(before.key)).toEqual(after);
    });

    test('lists those of one scope, the one that learned last first', async () => {
      const [tenant, userGroup] = [crypto.randomUUID(), 'g'];
      const [first, second] = [newAdaptation({ tenant, userGroup }), newAdaptation({ tenant, userGroup })];
      await store.save(first, MANY);
      await store.save(second, MANY);
      await store.save(newAdaptation({ tenant, userGroup: 'other' }), MANY);
      const listed = await store.list({ tenant, userGroup });
      expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    });

    test('forgets those of its scope that learned longest ago', async () => {
      const tenant = crypto.randomUUID();
      const elsewhere = newAdaptation();
      await store.save(elsewhere, MANY);
      const saved = [1, 2, 3].map(() => newAdaptation({ tenant }));
      for (const one of saved) await store.save(one, 2);
      const kept = await store.list({ ...SCOPE, tenant });
      expect(kept.map(({ id }) => id)).toEqual([saved[2]?.id, saved[1]?.id]);
      expect(await store.find(elsewhere.key)).toEqual(elsewhere);
    });

    test('is removed once, and only by its own scope', async () => {
      const saved = newAdaptation();
      await store.save(saved, MANY);
      const other = store.remove({ ...SCOPE, tenant: 'other' }, saved.id);
      await expect(other).rejects.toThrow('online-adaptation-not-found');
      await store.remove(SCOPE, saved.id);
      expect(await store.find(saved.key)).toBeUndefined();
      await expect(store.remove(SCOPE, saved.id)).rejects.toThrow('online-adaptation-not-found');
    });
  });
}
