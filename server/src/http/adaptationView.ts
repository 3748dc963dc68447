import type { Survey } from '../application/learning/surveyCases.ts';
import type { AdaptationContract, AdaptationDetail, AdaptationPreview } from '../contract/adaptation.ts';
import type { ClaimedAdaptation } from '../contract/adaptationWorker.ts';
import type { Adaptation, AdaptationState, TrainingReport } from '../domain/adaptation.ts';
import { LEASE_SECONDS } from '../domain/adaptationState.ts';
import type { TaskClass } from '../domain/task.ts';

type ClassContract = AdaptationContract['classes'][number];

/** A job in the words of the contract. */
export function adaptationView(job: Adaptation): AdaptationContract {
  return { ...describe(job), caseCount: job.cases.length, state: stateView(job.state) };
}

export function adaptationDetailView(job: Adaptation, reports: readonly TrainingReport[]): AdaptationDetail {
  return {
    ...adaptationView(job),
    curve: reports.flatMap(({ phase, step, steps, loss, dice }) =>
      loss === undefined && dice === undefined
        ? []
        : [{ phase, step, steps, ...(loss !== undefined && { loss }), ...(dice !== undefined && { dice }) }],
    ),
    log: reports.flatMap(({ at, line }) => (line === undefined ? [] : [{ at, line }])),
  };
}

export function previewView(survey: Survey): AdaptationPreview {
  const { classes, cases, patients, modalities, warnings } = survey;
  return {
    canStart: warnings.every(({ isFatal }) => !isFatal),
    ...{ patients, modalities: [...modalities], classes: classes.map(classView) },
    cases: cases.map(({ request: _, ...each }) => ({ ...each, labels: [...each.labels] })),
    warnings: warnings.map(warning => ({ ...warning })),
  };
}

/** A job as its worker sees it: nothing of who the patients are. */
export function claimedAdaptationView(job: Adaptation, leaseId: string): ClaimedAdaptation {
  const root = `/api/v1/adaptation-worker/${job.id}`;
  const lease = `?leaseId=${leaseId}`;
  const hasCheckpoint = 'checkpointSha256' in job.state && job.state.checkpointSha256 !== undefined;
  return {
    ...describeWork(job),
    ...{ leaseId, leaseSeconds: LEASE_SECONDS },
    cases: job.cases.map(({ caseId, patientKey, fold }) => ({
      ...{ caseId, patientKey, fold },
      imageUrl: `${root}/cases/${caseId}/image${lease}`,
      labelmapUrl: `${root}/cases/${caseId}/labelmap${lease}`,
    })),
    checkpointUrl: hasCheckpoint ? `${root}/checkpoint${lease}` : null,
  };
}

function describe(job: Adaptation): Omit<AdaptationContract, 'caseCount' | 'state'> {
  return { ...describeWork(job), createdAt: job.createdAt };
}

function describeWork({
  id,
  title,
  method,
  base,
  modalities,
  classes,
  settings,
}: Adaptation): Omit<AdaptationContract, 'caseCount' | 'state' | 'createdAt'> {
  return {
    ...{ id, title, method, base: { ...base }, modalities: [...modalities] },
    ...{ classes: classes.map(classView), settings: { ...settings } },
  };
}

export function classView({ label, category, type }: TaskClass): ClassContract {
  return { label, category: { ...category }, type: { ...type } };
}

function stateView(state: AdaptationState): AdaptationContract['state'] {
  switch (state.kind) {
    case 'queued':
      return {
        ...{ kind: state.kind, attempts: state.attempts },
        hasCheckpoint: state.checkpointSha256 !== undefined,
      };
    case 'running':
      return {
        ...{ kind: state.kind, attempts: state.attempts, worker: state.lease.worker },
        progress: state.progress ? { ...state.progress } : null,
      };
    case 'cancelling':
    case 'cancelled':
      return { kind: state.kind };
    case 'failed':
      return { kind: state.kind, reason: state.reason };
    case 'done':
      return { kind: state.kind, taskId: state.taskId };
  }
}
