import type { Code } from '../../domain/code.ts';
import type { TaskClass } from '../../domain/task.ts';
import { TISSUE } from '../../domain/terms/categories.ts';
import type { PatientStudyAttributes } from '../../domain/volume.ts';
import { unseenSlicesOf } from '../../domain/unseenSlices.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import type { LabelledCase } from './labelledCase.ts';
import type { Learning } from './learning.ts';

/** What is in a case, without its voxels. */
export interface FoundCase {
  /** Place in the request. */
  readonly index: number;
  readonly patientKey: string;
  readonly hasPatientID: boolean;
  readonly studyInstanceUID: string;
  /** Name and birth date, to be compared and never kept; empty where one of them is missing. */
  readonly person: string;
  readonly modality: string;
  /** Tells volumes apart, also those of one series. */
  readonly volumeFingerprint: string;
  readonly labels: readonly string[];
  readonly classes: readonly TaskClass[];
  readonly slices: number;
  /** Of these, how many the series has no images of. */
  readonly unseenSlices: number;
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
  const { patientStudy, series } = volume;
  return {
    ...{ index, patientKey: patientKeyOf(patientStudy), person: personOf(patientStudy) },
    studyInstanceUID: series.studyInstanceUID,
    volumeFingerprint: volumeFingerprintOf(volume),
    ...{ slices: volume.slices.length, unseenSlices: unseenSlicesOf(volume).length },
    hasPatientID: patientStudy.patientID.trim() !== '',
    modality: volume.modality,
    labels: segments.map(({ label }) => label),
    classes: segments.map(({ label, codes: { category, type } }) => ({ label, category, type })),
  };
}

/** Archives write the parts of a name with carets or blanks, in either case. */
function personOf({ patientName, patientBirthDate }: PatientStudyAttributes): string {
  const name = patientName
    .replace(/[\s^=]+/g, ' ')
    .trim()
    .toUpperCase();
  return name === '' || patientBirthDate === '' ? '' : `${name} ${patientBirthDate}`;
}

/** In the order asked for, or met; each coded as in the first case that has it and says what it is. */
export function classesOf(
  found: readonly FoundCase[],
  labels: readonly string[] | undefined,
): readonly TaskClass[] {
  const met = found.flatMap(({ classes }) => classes);
  const wanted = labels ?? met.map(({ label }) => label);
  return wanted
    .filter((label, n) => wanted.findIndex(other => sameLabel(other, label)) === n)
    .flatMap(label => {
      const alike = met.filter(each => sameLabel(each.label, label));
      const [first] = alike;
      if (!first) return [];
      const coded = alike.find(({ type }) => !isSameCode(type, TISSUE)) ?? first;
      return { ...coded, label: first.label };
    });
}

/**
 * What is coded differently in cases that label it alike, in words: learned as one, one of the two would come out
 * under the name of the other. Tissue is what nobody has coded.
 */
export function ambiguousClasses(
  found: readonly FoundCase[],
  classes: readonly TaskClass[],
): readonly string[] {
  return classes.flatMap(({ label }) => {
    const types = found
      .flatMap(each => each.classes)
      .filter(each => sameLabel(each.label, label) && !isSameCode(each.type, TISSUE))
      .map(({ type }) => type);
    const distinct = types.filter((type, n) => types.findIndex(other => isSameCode(other, type)) === n);
    if (distinct.length < 2) return [];
    const meanings = distinct.map(({ meaning }) => meaning).join(', ');
    return `“${label}” is coded differently in different cases (${meanings}): name apart what is not the same.`;
  });
}

function isSameCode(one: Code, other: Code): boolean {
  return one.value === other.value && one.scheme === other.scheme;
}

/** Those whose images are those of one before; two phases of a series are cases of one patient, and not the same. */
export function onSameImages(found: readonly FoundCase[]): readonly FoundCase[] {
  const volumes = found.map(({ volumeFingerprint }) => volumeFingerprint);
  return found.filter(({ volumeFingerprint }, n) => volumes.indexOf(volumeFingerprint) < n);
}

export function hasLabel(each: Pick<FoundCase, 'labels'>, label: string): boolean {
  return each.labels.some(own => sameLabel(own, label));
}
