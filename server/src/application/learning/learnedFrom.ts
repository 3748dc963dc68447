import type { SeriesReference } from '../../domain/seriesReference.ts';
import type { RegisteredTask } from '../../domain/task.ts';
import type { Learning } from './learning.ts';

/** The series that a task was made from, in the order of its cases; none where it came with the zoo. */
export async function learnedFrom(
  { adaptationId }: Pick<RegisteredTask, 'adaptationId'>,
  { adaptations }: Pick<Learning, 'adaptations'>,
): Promise<readonly SeriesReference[]> {
  if (adaptationId === undefined) return [];
  return (await adaptations.load(adaptationId)).cases.map(({ series }) => series);
}
