import { Problem } from '../../domain/errors.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import { overlappingPairs } from '../../domain/masksOverlap.ts';
import { patientsOfCases, splitByPatient } from '../../domain/patientSplit.ts';
import type { TaskClass } from '../../domain/task.ts';
import { inTurns } from '../inTurns.ts';
import { classesOf, describeCase, type FoundCase } from './foundCase.ts';
import { loadLabelledCase, type CaseRequest } from './labelledCase.ts';
import type { Learning } from './learning.ts';
import { fatal, surveyWarnings, type CaseOfPatient, type SurveyWarning } from './surveyWarnings.ts';

export interface SurveyRequest {
  readonly modelId: string;
  readonly cases: readonly CaseRequest[];
  /** Absent: every label that a case has. */
  readonly labels?: readonly string[] | undefined;
  readonly folds: number;
}

export interface SurveyedCase extends Pick<FoundCase, 'index' | 'patientKey' | 'modality' | 'labels'> {
  readonly fold: number;
  /** Names the labels as they were looked at, whatever is edited later. */
  readonly request: CaseRequest;
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
  learning: Pick<Learning, 'workspace' | 'patientKeyOf'>,
  signal: AbortSignal,
): Promise<Survey> {
  const model = adaptableModel(modelId, learning);
  const refused: SurveyWarning[] = [];
  const read: Omit<CaseOfPatient, 'patient' | 'fold'>[] = [];
  for (const [index, request] of cases.entries()) {
    try {
      read.push(await readCase(index, request, learning, signal));
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'cancelled') throw error;
      refused.push(fatal('case-refused', `Case ${index + 1}: ${error.detail} (${error.code})`));
    }
  }
  const patientOf = patientsOfCases(read);
  const foldOf = splitByPatient(patientOf, folds);
  const found = read.map((each, n): CaseOfPatient => ({
    ...each,
    patient: patientOf[n]!,
    fold: foldOf[n] ?? 1,
  }));
  const classes = classesOf(found, labels);
  return {
    ...{ model, classes, patients: new Set(patientOf).size },
    modalities: [...new Set(found.map(({ modality }) => modality))],
    warnings: [...refused, ...surveyWarnings(found, classes, labels, folds, model)],
    cases: found.map(({ index, patient, modality, labels: shown, fold, request }) => ({
      ...{ index, patientKey: patient, modality, labels: shown, fold, request },
    })),
  };
}

/** @throws Problem unsupported-geometry, cancelled, and those of loading the case */
async function readCase(
  index: number,
  request: CaseRequest,
  learning: Pick<Learning, 'workspace' | 'patientKeyOf'>,
  signal: AbortSignal,
): Promise<Omit<CaseOfPatient, 'patient' | 'fold'>> {
  const labelled = await loadLabelledCase(request, learning, signal);
  if (labelled.volume.geometry.slicePlaces) {
    throw new Problem(
      'unsupported-geometry',
      'Its slices are not evenly spaced, which no worker could be told.',
    );
  }
  const { segments, origin } = labelled;
  const pairs = await inTurns(overlappingPairs(segments.map(({ mask }) => mask)), signal);
  const overlaps = pairs.map(([one, other]) => [segments[one]!.label, segments[other]!.label] as const);
  const seen = origin.kind === 'workspace' ? origin : request;
  return { ...describeCase(index, labelled, learning), overlaps, request: seen };
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
