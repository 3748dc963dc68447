import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExemplarSet } from '../../server/src/domain/exemplarSet.ts';
import type { ExemplarSetStore } from '../../server/src/ports/exemplarSetStore.ts';

let count = 0;
export function newExemplarSet(): ExemplarSet {
  const of = { patientKey: 'p', modality: 'CT', labels: ['Leber'], volumeFingerprint: 'grid' };
  return {
    id: crypto.randomUUID(),
    createdAt: new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString(),
    ...{ title: 'Leber „links“', model: { model: 'm', version: '1' }, modalities: ['CT'] },
    classes: [
      {
        label: 'Leber',
        category: { value: '1', scheme: 'SCT', meaning: 'Anatomical Structure' },
        type: { value: '2', scheme: 'SCT', meaning: 'Liver' },
      },
    ],
    cases: [
      {
        series: { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', image: { sopInstanceUID: '1.4' } },
        origin: { kind: 'workspace', segmentationId: crypto.randomUUID(), version: 7 },
        ...of,
      },
      {
        series: { studyInstanceUID: '1.6', seriesInstanceUID: '1.7' },
        origin: { kind: 'object', seriesInstanceUID: '1.8', sopInstanceUID: '1.9' },
        ...of,
      },
    ],
    warnings: [{ code: 'one-patient', detail: 'All cases are of one patient.' }],
  };
}

/** What every implementation of the port keeps. */
export function exemplarSetStoreContract(
  name: string,
  open: () => Promise<{ readonly store: ExemplarSetStore; readonly close: () => Promise<void> }>,
): void {
  describe(`exemplar set store: ${name}`, () => {
    let store: ExemplarSetStore;
    let close: () => Promise<void>;
    beforeAll(async () => ({ store, close } = await open()));
    afterAll(() => close());

    test('a set is read as it was made, and the newest is listed first', async () => {
      const [first, second] = [newExemplarSet(), newExemplarSet()];
      await store.create(first);
      await store.create(second);
      expect(await store.load(first.id)).toEqual(first);
      expect(await store.list()).toEqual([second, first]);
    });

    test('a set that was removed is not there, and the others are', async () => {
      const [first, second] = [newExemplarSet(), newExemplarSet()];
      await store.create(first);
      await store.create(second);
      await store.remove(first.id);
      await expect(store.load(first.id)).rejects.toThrow('exemplar-set-not-found');
      await expect(store.remove(first.id)).rejects.toThrow('exemplar-set-not-found');
      expect((await store.list())[0]).toEqual(second);
    });
  });
}
