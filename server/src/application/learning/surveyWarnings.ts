import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { TaskClass } from '../../domain/task.ts';
import type { CaseRequest } from './labelledCase.ts';
import { ambiguousClasses, hasLabel, onSameImages, sameLabel, type FoundCase } from './foundCase.ts';

export interface SurveyWarning {
  readonly code:
    | 'adaptation-leak'
    | 'class-ambiguous'
    | 'class-missing'
    | 'class-unlearned'
    | 'classes-overlap'
    | 'mixed-modalities'
    | 'patient-unknown'
    | 'patients-alike'
    | 'series-twice'
    | 'slices-missing'
    | 'case-refused'
    | 'no-class';
  readonly detail: string;
  /** A job with these cases is refused. */
  readonly isFatal: boolean;
}

/** A case, and who its patient is taken for. */
export interface CaseOfPatient extends FoundCase {
  readonly patient: string;
  /** 1-based, that the case is held back in. */
  readonly fold: number;
  /** Names the labels as they were looked at, whatever is edited later. */
  readonly request: CaseRequest;
  /** Segments that share a voxel, by their labels. */
  readonly overlaps: readonly (readonly [string, string])[];
}

/** What is to be known of cases before anything is learned from them. */
export function surveyWarnings(
  found: readonly CaseOfPatient[],
  classes: readonly TaskClass[],
  labels: readonly string[] | undefined,
  folds: number,
  model: ModelManifest,
): readonly SurveyWarning[] {
  return [
    ...patientWarnings(found, folds),
    ...namesakes(found),
    ...onSameImages(found).map(({ index }) =>
      fatal('series-twice', `Case ${index + 1} is on the same images as another.`),
    ),
    ...found.flatMap(missingSlices),
    ...classWarnings(found, classes, labels),
    ...unlearnedClasses(found, classes),
    ...ambiguousClasses(found, classes).map(detail => fatal('class-ambiguous', detail)),
    ...found.flatMap(each => overlapWarnings(each, classes)),
    ...modalityWarnings(found, model),
  ];
}

export function fatal(code: SurveyWarning['code'], detail: string): SurveyWarning {
  return { code, detail, isFatal: true };
}

function warning(code: SurveyWarning['code'], detail: string): SurveyWarning {
  return { code, detail, isFatal: false };
}

function patientWarnings(found: readonly CaseOfPatient[], folds: number): readonly SurveyWarning[] {
  const patients = new Set(found.map(({ patient }) => patient)).size;
  const unknown = found.filter(({ hasPatientID }) => !hasPatientID).length;
  const detail =
    `${found.length} cases are of ${patients === 1 ? 'one patient' : `${patients} patients`}: too few for ` +
    `${folds} folds, since a task is judged on patients that it has not learned from.`;
  return [
    ...(patients < folds ? [fatal('adaptation-leak', detail)] : []),
    ...(unknown > 0
      ? [warning('patient-unknown', `${unknown} cases have no PatientID; each study counts as a patient.`)]
      : []),
  ];
}

/** Who has two ids would be learned from and judged on. Names of the anonymous are alike, too: that is no proof. */
function namesakes(found: readonly CaseOfPatient[]): readonly SurveyWarning[] {
  return [...new Set(found.map(({ person }) => person))].flatMap(person => {
    const alike = person === '' ? [] : found.filter(each => each.person === person);
    if (new Set(alike.map(({ patient }) => patient)).size < 2) return [];
    const cases = alike.map(({ index }) => index + 1).join(', ');
    return warning(
      'patients-alike',
      `Cases ${cases} have one name and birth date, and different PatientIDs: if they are of one patient, the estimate knows its answers.`,
    );
  });
}

/** What is shown there lies between the neighbours, and nobody has labelled it: it is no background. */
function missingSlices({ index, slices, unseenSlices }: FoundCase): readonly SurveyWarning[] {
  if (unseenSlices === 0) return [];
  const detail = `Case ${index + 1} lacks ${unseenSlices} of its ${slices} slices: nothing is learned from there.`;
  return [warning('slices-missing', detail)];
}

function classWarnings(
  found: readonly FoundCase[],
  classes: readonly TaskClass[],
  labels: readonly string[] = [],
): readonly SurveyWarning[] {
  const unmet = labels.filter(label => !found.some(each => hasLabel(each, label)));
  return [
    ...unmet.map(label => fatal('no-class', `No case has a segment “${label}”.`)),
    ...(classes.length === 0 && unmet.length === 0
      ? [fatal('no-class', 'No case has a segment that is not empty.')]
      : []),
    ...found.flatMap(each =>
      classes
        .filter(({ label }) => !hasLabel(each, label))
        .map(({ label }) =>
          warning(
            'class-missing',
            `Case ${each.index + 1} has no “${label}”: if it is there, it will be learned as background.`,
          ),
        ),
    ),
  ];
}

/** Of a class that no other fold shows, the model that is judged there has never seen one. */
function unlearnedClasses(
  found: readonly CaseOfPatient[],
  classes: readonly TaskClass[],
): readonly SurveyWarning[] {
  const foldsOf = (cases: readonly CaseOfPatient[]) => new Set(cases.map(({ fold }) => fold));
  if (foldsOf(found).size < 2) return [];
  return classes.flatMap(({ label }) => {
    const folds = foldsOf(found.filter(each => hasLabel(each, label)));
    const [only] = folds;
    if (folds.size !== 1 || only === undefined) return [];
    return warning(
      'class-unlearned',
      `All cases with “${label}” are held back together, in fold ${only}: the estimate of it will be of a model that has not learned it.`,
    );
  });
}

/** A labelmap has one class a voxel: of two, the one that is listed later (createAdaptation.ts). */
function overlapWarnings(
  { index, overlaps }: CaseOfPatient,
  classes: readonly TaskClass[],
): readonly SurveyWarning[] {
  const placeOf = (label: string): number => classes.findIndex(each => sameLabel(each.label, label));
  const pairs = overlaps
    .map(labels => labels.map(placeOf).sort((a, b) => a - b))
    .filter(([lower = -1, upper = -1]) => lower >= 0 && lower !== upper);
  return [...new Set(pairs.map(pair => pair.join()))].map(pair => {
    const [under, over] = pair.split(',').map(place => classes[Number(place)]!.label);
    return warning(
      'classes-overlap',
      `In case ${index + 1} “${under}” and “${over}” overlap: what is both will be learned as “${over}”.`,
    );
  });
}

function modalityWarnings(found: readonly FoundCase[], model: ModelManifest): readonly SurveyWarning[] {
  const modalities = [...new Set(found.map(({ modality }) => modality))];
  const foreign = modalities.filter(modality => !model.modalities.includes(modality));
  return [
    ...(modalities.length > 1
      ? [warning('mixed-modalities', `The cases are of several modalities: ${modalities.join(', ')}.`)]
      : []),
    ...foreign.map(modality => fatal('case-refused', `The model does not serve ${modality}.`)),
  ];
}
