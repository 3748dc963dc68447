import type { OnlineLearning } from './onlineLearning.ts';

/**
 * Forgets what was learned of one task; what is being learned of it meanwhile, or was noted, is forgotten, too.
 * @throws Problem online-adaptation-not-found
 */
export async function resetAdaptation(
  id: string,
  { store, scope, mutex }: Pick<OnlineLearning, 'store' | 'scope' | 'mutex'>,
): Promise<void> {
  const known = (await store.list(scope)).find(adaptation => adaptation.id === id);
  const remove = (): Promise<void> => store.remove(scope, id);
  await (known ? mutex.run(JSON.stringify(known.key), remove) : remove());
}
