import { seriesKey } from '../../domain/seriesReference.ts';
import type { TaskClass } from '../../domain/task.ts';
import type { LabelledCase } from './labelledCase.ts';
import type { Learning } from './learning.ts';

/** What is in a case, without its voxels. */
export interface FoundCase {
  /** Place in the request. */
  readonly index: number;
  readonly patientKey: string;
  readonly hasPatientID: boolean;
  readonly modality: string;
  readonly series: string;
  readonly labels: readonly string[];
  readonly classes: readonly TaskClass[];
}

/** Labels are the same whatever their case and the blanks between their words. */
export function sameLabel(a: string, b: string): boolean {
  const plain = (label: string): string => label.trim().toLowerCase().replace(/\s+/g, ' ');
  return plain(a) === plain(b);
}

export function describeCase(
  index: number,
  { volume, segments }: LabelledCase,
  { patientKeyOf }: Pick<Learning, 'patientKeyOf'>,
): FoundCase {
  return {
    ...{ index, patientKey: patientKeyOf(volume.patientStudy), series: seriesKey(volume.series) },
    hasPatientID: volume.patientStudy.patientID !== '',
    modality: volume.modality,
    labels: segments.map(({ label }) => label),
    classes: segments.map(({ label, codes: { category, type } }) => ({ label, category, type })),
  };
}

/** In the order asked for, or met; each coded as in the first case that has it. */
export function classesOf(
  found: readonly FoundCase[],
  labels: readonly string[] | undefined,
): readonly TaskClass[] {
  const met = found.flatMap(({ classes }) => classes);
  const wanted = labels ?? met.map(({ label }) => label);
  return wanted
    .filter((label, n) => wanted.findIndex(other => sameLabel(other, label)) === n)
    .flatMap(label => met.find(each => sameLabel(each.label, label)) ?? []);
}

export function hasLabel(each: Pick<FoundCase, 'labels'>, label: string): boolean {
  return each.labels.some(own => sameLabel(own, label));
}
