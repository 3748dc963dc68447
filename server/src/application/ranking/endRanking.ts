import { cancelled, type AnnotationRanking } from '../../domain/annotationRanking.ts';
import type { Rankings } from './createRanking.ts';

type Ending = Pick<Rankings, 'store' | 'scope' | 'queue'>;

/** Gives a ranking up; what has been compared is kept, and one that has ended stays as it is. @throws Problem annotation-ranking-not-found */
export async function cancelRanking(id: string, { store, scope, queue }: Ending): Promise<AnnotationRanking> {
  const ranking = await store.update(scope, id, cancelled);
  queue.giveUp(id);
  return ranking;
}

/** @throws Problem annotation-ranking-not-found */
export async function removeRanking(id: string, { store, scope, queue }: Ending): Promise<void> {
  await store.remove(scope, id);
  queue.giveUp(id);
}
