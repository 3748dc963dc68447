import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cancelled, withOutcome, type AnnotationRanking } from '../../server/src/domain/annotationRanking.ts';
import type { AnnotationRankingStore } from '../../server/src/ports/annotationRankingStore.ts';

const MANY = 100;
let count = 0;

function newRanking(changes: Partial<AnnotationRanking> = {}): AnnotationRanking {
  return {
    id: crypto.randomUUID(),
    scope: { tenant: 'site', userGroup: 'readers' },
    createdAt: new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString(),
    ...{ origin: { kind: 'task', taskId: 'leber' }, title: 'Leber „links“', labels: ['Leber'] },
    entries: [
      {
        series: { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', image: { sopInstanceUID: '1.4' } },
        outcome: {
          kind: 'compared',
          agreements: [{ among: 'copies', answers: 5, perClass: [{ label: 'Leber', dice: 0.1 + 0.2 }] }],
        },
      },
      {
        series: { studyInstanceUID: '1.5', seriesInstanceUID: '1.6' },
        outcome: { kind: 'waiting', begun: 2 },
      },
    ],
    state: { kind: 'running' },
    ...changes,
  };
}

/** What every implementation of the port keeps. */
export function annotationRankingStoreContract(
  name: string,
  open: () => Promise<{ readonly store: AnnotationRankingStore; readonly close: () => Promise<void> }>,
): void {
  describe(`annotation ranking store: ${name}`, () => {
    let store: AnnotationRankingStore;
    let close: () => Promise<void>;
    beforeAll(async () => ({ store, close } = await open()));
    afterAll(() => close());

    test('a ranking is read as it was made, to the last digit, and the newest is listed first', async () => {
      const scope = { tenant: crypto.randomUUID(), userGroup: 'g' };
      const [first, second] = [newRanking({ scope }), newRanking({ scope })];
      await store.create(first, MANY);
      await store.create(second, MANY);
      expect(await store.load(scope, first.id)).toEqual(first);
      expect(await store.list(scope, MANY)).toEqual([second, first]);
      expect(await store.list(scope, 1)).toEqual([second]);
    });

    test('is seen, changed and removed by its own scope alone', async () => {
      const ranking = newRanking();
      const { id, scope } = ranking;
      await store.create(ranking, MANY);
      for (const other of [
        { ...scope, tenant: 'other' },
        { ...scope, userGroup: 'other' },
      ]) {
        expect(await store.list(other, MANY)).toEqual([]);
        await expect(store.load(other, id)).rejects.toThrow('annotation-ranking-not-found');
        await expect(store.update(other, id, cancelled)).rejects.toThrow('annotation-ranking-not-found');
        await expect(store.remove(other, id)).rejects.toThrow('annotation-ranking-not-found');
      }
      expect(await store.load(scope, id)).toEqual(ranking);
      await store.remove(scope, id);
      await expect(store.load(scope, id)).rejects.toThrow('annotation-ranking-not-found');
    });

    test('a change replaces it; one that fails leaves it as it was', async () => {
      const ranking = newRanking();
      const { id, scope } = ranking;
      await store.create(ranking, MANY);
      const changed = await store.update(scope, id, before =>
        withOutcome(before, 1, { kind: 'annotated', as: 'saved' }),
      );
      expect(changed.entries[1]?.outcome).toEqual({ kind: 'annotated', as: 'saved' });
      expect(await store.load(scope, id)).toEqual(changed);
      const refuse = (): never => {
        throw new Error('refused');
      };
      await expect(store.update(scope, id, refuse)).rejects.toThrow('refused');
      expect(await store.load(scope, id)).toEqual(changed);
    });

    test('the oldest that has not ended is next, whoever’s it is', async () => {
      for (let open = await store.nextOpen(); open; open = await store.nextOpen()) {
        await store.update(open.scope, open.id, cancelled);
      }
      const first = newRanking({ scope: { tenant: 'one', userGroup: 'g' } });
      const second = newRanking({ state: { kind: 'queued' } });
      await store.create(second, MANY);
      await store.create(first, MANY);
      expect(await store.nextOpen()).toEqual(first);
      await store.update(first.scope, first.id, cancelled);
      expect(await store.nextOpen()).toEqual(second);
      await store.update(second.scope, second.id, cancelled);
      expect(await store.nextOpen()).toBeUndefined();
    });

    test('the oldest that have ended are forgotten, those of its own scope', async () => {
      const scope = { tenant: crypto.randomUUID(), userGroup: 'g' };
      const elsewhere = newRanking({ state: { kind: 'done' } });
      await store.create(elsewhere, MANY);
      const open = newRanking({ scope });
      const rankings = [open, ...[1, 2, 3].map(() => newRanking({ scope, state: { kind: 'done' } }))];
      for (const one of rankings) await store.create(one, 2);
      expect(await store.list(scope, MANY)).toEqual([rankings[3], rankings[2], open]);
      expect(await store.load(elsewhere.scope, elsewhere.id)).toEqual(elsewhere);
    });
  });
}
