import type { TaskClass } from '../../domain/task.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import type { LabelledCase } from './labelledCase.ts';
import type { Learning } from './learning.ts';

/** What is in a case, without its voxels. */
export interface FoundCase {
  /** Place in the request. */
  readonly index: number;
  readonly patientKey: string;
  readonly hasPatientID: boolean;
  readonly modality: string;
  /** Tells volumes apart, also those of one series. */
  readonly volumeFingerprint: string;
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
    ...{ index, patientKey: patientKeyOf(volume.patientStudy) },
    volumeFingerprint: volumeFingerprintOf(volume),
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

/** Those whose images are those of one before; two phases of a series are cases of one patient, and not the same. */
export function onSameImages(found: readonly FoundCase[]): readonly FoundCase[] {
  const volumes = found.map(({ volumeFingerprint }) => volumeFingerprint);
  return found.filter(({ volumeFingerprint }, n) => volumes.indexOf(volumeFingerprint) < n);
}

export function hasLabel(each: Pick<FoundCase, 'labels'>, label: string): boolean {
  return each.labels.some(own => sameLabel(own, label));
}
