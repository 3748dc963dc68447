import { Problem } from '../../domain/errors.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import { splitByPatient } from '../../domain/patientSplit.ts';
import type { TaskClass } from '../../domain/task.ts';
import { classesOf, describeCase, hasLabel, onSameImages, type FoundCase } from './foundCase.ts';
import { loadLabelledCase, type CaseRequest } from './labelledCase.ts';
import type { Learning } from './learning.ts';

export interface SurveyRequest {
  readonly modelId: string;
  readonly cases: readonly CaseRequest[];
  /** Absent: every label that a case has. */
  readonly labels?: readonly string[] | undefined;
  readonly folds: number;
}

export interface SurveyedCase extends Pick<FoundCase, 'index' | 'patientKey' | 'modality' | 'labels'> {
  readonly fold: number;
}

export interface SurveyWarning {
  readonly code:
    | 'adaptation-leak'
    | 'class-missing'
    | 'mixed-modalities'
    | 'patient-unknown'
    | 'series-twice'
    | 'case-refused'
    | 'no-class';
  readonly detail: string;
  /** A job with these cases is refused. */
  readonly isFatal: boolean;
}

/** What a job would learn from, and what is to be known about that before it begins. */
export interface Survey {
  readonly model: ModelManifest;
  readonly classes: readonly TaskClass[];
  readonly cases: readonly SurveyedCase[];
  readonly patients: number;
  readonly modalities: readonly string[];
  readonly warnings: readonly SurveyWarning[];
}

/**
 * Looks at every case, one after the other. What is wrong with a case is a warning; what is wrong with the request
 * or the server is thrown.
 * @throws Problem model-not-found, model-not-adaptable, cancelled
 */
export async function surveyCases(
  { modelId, cases, labels, folds }: SurveyRequest,
  learning: Learning,
  signal: AbortSignal,
): Promise<Survey> {
  const model = adaptableModel(modelId, learning);
  const warnings: SurveyWarning[] = [];
  const found: FoundCase[] = [];
  for (const [index, request] of cases.entries()) {
    try {
      found.push(describeCase(index, await loadLabelledCase(request, learning, signal), learning));
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'cancelled') throw error;
      warnings.push(fatal('case-refused', `Case ${index + 1}: ${error.detail} (${error.code})`));
    }
  }
  const classes = classesOf(found, labels);
  const patients = new Set(found.map(({ patientKey }) => patientKey)).size;
  const modalities = [...new Set(found.map(({ modality }) => modality))];
  const foldOf = splitByPatient(
    found.map(({ patientKey }) => patientKey),
    folds,
  );
  warnings.push(
    ...patientWarnings(found, patients, folds),
    ...onSameImages(found).map(({ index }) =>
      fatal('series-twice', `Case ${index + 1} is on the same images as another.`),
    ),
    ...classWarnings(found, classes, labels),
    ...modalityWarnings(modalities, model),
  );
  return {
    ...{ model, classes, patients, modalities, warnings },
    cases: found.map(({ index, patientKey, modality, labels: shown }, n) => ({
      ...{ index, patientKey, modality, labels: shown, fold: foldOf[n] ?? 1 },
    })),
  };
}

/** @throws Problem model-not-found, model-not-adaptable */
export function adaptableModel(
  modelId: string,
  { workspace }: Pick<Learning, 'workspace'>,
): ModelManifest & { readonly adaptableEncoder: NonNullable<ModelManifest['adaptableEncoder']> } {
  const model = workspace.zoo.get(modelId);
  const { adaptableEncoder } = model;
  if (adaptableEncoder) return { ...model, adaptableEncoder };
  throw new Problem('model-not-adaptable', 'Choose a model that has an adaptable encoder.', { id: model.id });
}

function patientWarnings(
  found: readonly FoundCase[],
  patients: number,
  folds: number,
): readonly SurveyWarning[] {
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

function modalityWarnings(modalities: readonly string[], model: ModelManifest): readonly SurveyWarning[] {
  const foreign = modalities.filter(modality => !model.modalities.includes(modality));
  return [
    ...(modalities.length > 1
      ? [warning('mixed-modalities', `The cases are of several modalities: ${modalities.join(', ')}.`)]
      : []),
    ...foreign.map(modality => fatal('case-refused', `The model does not serve ${modality}.`)),
  ];
}

function fatal(code: SurveyWarning['code'], detail: string): SurveyWarning {
  return { code, detail, isFatal: true };
}

function warning(code: SurveyWarning['code'], detail: string): SurveyWarning {
  return { code, detail, isFatal: false };
}
