import type { ExemplarSetWarning } from '../../domain/exemplarSet.ts';
import type { TaskClass } from '../../domain/task.ts';
import { hasLabel, onSameImages, type FoundCase } from '../learning/foundCase.ts';

/** What is to be known of a set before it is relied on. */
export function exemplarSetWarnings(
  found: readonly FoundCase[],
  classes: readonly TaskClass[],
): readonly ExemplarSetWarning[] {
  const patients = new Set(found.map(({ patientKey }) => patientKey)).size;
  return [
    ...found.flatMap((each): ExemplarSetWarning[] =>
      classes
        .filter(({ label }) => !hasLabel(each, label))
        .map(({ label }) => ({
          code: 'class-missing',
          detail: `Case ${each.index + 1} has no “${label}”: it shows nothing of it.`,
        })),
    ),
    ...onSameImages(found).map(({ index }): ExemplarSetWarning => ({
      code: 'series-twice',
      detail: `Case ${index + 1} is on the same images as another.`,
    })),
    ...(found.length > 1 && patients === 1
      ? [{ code: 'one-patient', detail: 'All cases are of one patient: others may look different.' } as const]
      : []),
  ];
}
