import { expect, test } from '@jest/globals';
import {
  newOnlineAdaptation,
  newLesson,
  onlineAdaptationStoreContract,
} from '../../../../test/contract/onlineAdaptationStore.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresOnlineAdaptationStore } from './postgresOnlineAdaptationStore.ts';

onlineAdaptationStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return { store: new PostgresOnlineAdaptationStore(database), close: () => database.close() };
});

test('what was learned while nothing told patients apart is of patients of their own', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const store = new PostgresOnlineAdaptationStore(database);
  const saved = newOnlineAdaptation();
  const lesson = newLesson(saved.key);
  await store.note([lesson], 1);
  await store.learn(lesson, saved, 1);
  await database.transaction(session =>
    session.query(
      `UPDATE online_adaptations SET body = body #- '{cases,0,patient}' #- '{cases,1,patient}' WHERE id = $1`,
      [saved.id],
    ),
  );
  const found = await store.find(saved.key);
  expect(found?.cases.map(({ patient }) => patient)).toEqual(saved.cases.map(({ key }) => key));
  await database.close();
});

test('what another version has learned, or what is no number, is as if nothing was, until more is learned', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const store = new PostgresOnlineAdaptationStore(database);
  const [sums, numbers, shape] = [newOnlineAdaptation(), newOnlineAdaptation(), newOnlineAdaptation()];
  const damages: readonly (readonly [typeof sums, string])[] = [
    [sums, `evidence = substring(evidence from 9)`],
    [numbers, `evidence = overlay(evidence placing '\\x000000000000f07f' from 1)`],
    [shape, `body = '{}'`],
  ];
  const most = 10;
  for (const [adaptation, damage] of damages) {
    const learn = async (): Promise<boolean> => {
      const lesson = newLesson(adaptation.key);
      await store.note([lesson], most);
      return store.learn(lesson, adaptation, most);
    };
    await learn();
    await database.transaction(session =>
      session.query(`UPDATE online_adaptations SET ${damage} WHERE id = $1`, [adaptation.id]),
    );
    expect(await store.find(adaptation.key)).toBeUndefined();
    expect(await store.list(adaptation.key)).toEqual([]);
    await learn();
    expect(await store.find(adaptation.key)).toEqual(adaptation);
    await store.remove(adaptation.key, adaptation.id);
  }
  await database.close();
});
