import { Readable } from 'node:stream';
import {
  UNSEEN_LABEL,
  type Adaptation,
  type AdaptationCase,
  type AdaptationMethod,
  type AdaptationSettings,
} from '../../domain/adaptation.ts';
import { Problem } from '../../domain/errors.ts';
import type { TaskClass } from '../../domain/task.ts';
import { unseenSlicesOf } from '../../domain/unseenSlices.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import { loadLabelledCase, type CaseRequest, type LabelledCase } from './labelledCase.ts';
import type { Learning } from './learning.ts';
import { sameLabel } from './foundCase.ts';
import { surveyCases, type SurveyedCase } from './surveyCases.ts';

export interface NewAdaptation {
  readonly title: string;
  readonly modelId: string;
  readonly method: AdaptationMethod;
  readonly cases: readonly CaseRequest[];
  readonly labels?: readonly string[] | undefined;
  readonly settings: AdaptationSettings;
}

const LABELMAP_BYTES = 256 * 1024 ** 2;

/**
 * Puts a job into the queue. The labels are kept as they were looked at: what is edited meanwhile, or later, changes no
 * job.
 * @throws Problem model-not-found, model-not-adaptable, adaptation-leak, unsuitable-cases, cancelled, and those of
 *   the archive
 */
export async function createAdaptation(
  request: NewAdaptation,
  learning: Learning,
  signal: AbortSignal,
): Promise<Adaptation> {
  const { title, method, settings, modelId, labels } = request;
  const survey = await surveyCases(
    { modelId, cases: request.cases, labels, folds: settings.folds },
    learning,
    signal,
  );
  refuseFatal(survey.warnings);
  const cases: AdaptationCase[] = [];
  for (const surveyed of survey.cases) {
    const labelled = await loadLabelledCase(surveyed.request, learning, signal);
    cases.push(await keepCase(surveyed, labelled, survey.classes, learning));
  }
  const { id: model, version } = survey.model;
  const job: Adaptation = {
    ...{ id: crypto.randomUUID(), createdAt: new Date(learning.nowMs()).toISOString(), title, method },
    ...{ base: { model, version }, modalities: survey.modalities, classes: survey.classes, settings, cases },
    state: { kind: 'queued', attempts: 0 },
  };
  await learning.adaptations.create(job);
  return job;
}

function refuseFatal(warnings: Awaited<ReturnType<typeof surveyCases>>['warnings']): void {
  const fatal = warnings.filter(({ isFatal }) => isFatal);
  const others = fatal.filter(({ code }) => code !== 'adaptation-leak');
  const errors = fatal.map(({ detail }) => ({ pointer: '/cases', detail }));
  if (others.length > 0) {
    throw new Problem('unsuitable-cases', 'Correct the cases; a preview shows them all.', { errors });
  }
  if (fatal.length > 0) throw new Problem('adaptation-leak', fatal[0]!.detail, { errors });
}

async function keepCase(
  { patientKey, fold }: SurveyedCase,
  { volume, series, origin, segments }: LabelledCase,
  classes: readonly TaskClass[],
  { files, workspace }: Learning,
): Promise<AdaptationCase> {
  const labelled = classes.flatMap(({ label }, place): ExportedSegment[] =>
    segments
      .filter(segment => sameLabel(segment.label, label))
      .map(({ codes, mask }) => ({ segmentNumber: place + 1, label, colour: [0, 0, 0], mask, codes })),
  );
  const { geometry } = volume;
  const unseen = unseenSlicesOf(volume);
  const labelmap = await workspace.labelmapEncoder.encode({
    ...{ geometry, segments: labelled, description: '' },
    ...(unseen.length > 0 && { unseen: { slices: unseen, label: UNSEEN_LABEL } }),
  });
  return {
    ...{ caseId: crypto.randomUUID(), series, origin, patientKey, fold },
    labelmapSha256: await files.put(Readable.from([labelmap]), LABELMAP_BYTES),
    volumeFingerprint: volumeFingerprintOf(volume),
  };
}
