import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type {
  Adaptation,
  AdaptationCase,
  AdaptationMethod,
  TrainingReport,
} from '../../domain/adaptation.ts';
import {
  claimed,
  failed,
  hasEnded,
  leasedState,
  LEASE_SECONDS,
  renewed,
  runningState,
  withCheckpoint,
  withPackageFile,
} from '../../domain/adaptationState.ts';
import { Problem } from '../../domain/errors.ts';
import type { PackageFileName } from '../../domain/taskPackage.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import { expireLeases } from './adaptationJobs.ts';
import { changeJob, keepSentFile, releaseFiles } from './jobFiles.ts';
import type { Learning } from './learning.ts';
import { workerFit, type WorkerVersion } from './workerFit.ts';

const MEGABYTE = 1024 ** 2;
/** A checkpoint holds what learns and its optimiser: at most as much as the largest package, three times. */
export const CHECKPOINT_BYTES = 192 * MEGABYTE;
export const PACKAGE_FILE_BYTES: Readonly<Record<PackageFileName, number>> = {
  'task.json': MEGABYTE,
  /** What is added to a base is of a few; where all of its weights learn, they are in here. */
  'adapter.safetensors': 64 * MEGABYTE,
  'task_decoder.onnx': 64 * MEGABYTE,
  'task_model.onnx': 64 * MEGABYTE,
  'CARD.md': MEGABYTE,
};

/** Names a job and the lease under which a worker has it. */
export interface Leased {
  readonly id: string;
  readonly leaseId: string;
}

export interface Claim extends WorkerVersion {
  readonly worker: string;
  readonly methods: readonly AdaptationMethod[];
}

/**
 * The oldest waiting job that the worker can do, from now on this worker's; undefined when none waits.
 * @throws Problem worker-outdated
 */
export async function claimAdaptation(
  { worker, methods, ...version }: Claim,
  learning: Learning,
): Promise<{ readonly job: Adaptation; readonly leaseId: string } | undefined> {
  await expireLeases(learning);
  const nowMs = learning.nowMs();
  const { outdatedFor, lacking } = workerFit(version, learning);
  learning.workers.heard(worker, nowMs, outdatedFor);
  if (outdatedFor !== undefined) {
    throw new Problem('worker-outdated', `This worker gets no jobs. ${outdatedFor}`);
  }
  const leaseId = crypto.randomUUID();
  const lease = { leaseId, worker, expiresMs: nowMs + LEASE_SECONDS * 1000 };
  const job = await learning.adaptations.claimNext({ methods, lacking }, waiting => claimed(waiting, lease));
  return job && { job, leaseId };
}

/** Renews the lease. @returns whether the worker is to stop @throws Problem adaptation-not-found, lease-lost */
export async function reportTraining(
  { id, leaseId }: Leased,
  { phase, step, steps, ...report }: Omit<TrainingReport, 'at'>,
  learning: Learning,
): Promise<boolean> {
  const nowMs = learning.nowMs();
  const job = await learning.adaptations.update(id, before =>
    renewed(before, leaseId, nowMs, { phase, step, steps }),
  );
  learning.workers.heard(leasedState(job, leaseId).lease.worker, nowMs);
  if (Object.keys(report).length > 0) {
    const at = new Date(nowMs).toISOString();
    await learning.adaptations.report(id, { at, phase, step, steps, ...report });
  }
  return job.state.kind === 'cancelling';
}

/** @throws Problem adaptation-not-found, lease-lost, payload-too-large, overloaded (to be sent again) */
export async function keepCheckpoint(
  { id, leaseId }: Leased,
  content: AsyncIterable<Uint8Array>,
  learning: Learning,
): Promise<void> {
  runningState(await learning.adaptations.load(id), leaseId);
  const name = (job: Adaptation, sha256: string): Adaptation => withCheckpoint(job, leaseId, sha256);
  await keepSentFile(id, content, CHECKPOINT_BYTES, name, learning);
}

/** The newest checkpoint. @throws Problem adaptation-not-found, lease-lost, not-found */
export async function readCheckpoint({ id, leaseId }: Leased, learning: Learning): Promise<Readable> {
  const { checkpointSha256 } = runningState(await learning.adaptations.load(id), leaseId);
  if (checkpointSha256 === undefined) throw new Problem('not-found', 'The job has no checkpoint yet.');
  return learning.files.read(checkpointSha256);
}

/** @throws Problem adaptation-not-found, lease-lost, payload-too-large, overloaded (to be sent again) */
export async function keepPackageFile(
  { id, leaseId }: Leased,
  name: PackageFileName,
  content: AsyncIterable<Uint8Array>,
  learning: Learning,
): Promise<void> {
  runningState(await learning.adaptations.load(id), leaseId);
  const named = (job: Adaptation, sha256: string): Adaptation => withPackageFile(job, leaseId, name, sha256);
  await keepSentFile(id, content, PACKAGE_FILE_BYTES[name], named, learning);
}

/** @throws Problem adaptation-not-found, lease-lost */
export async function failAdaptation(
  { id, leaseId }: Leased,
  reason: string,
  learning: Learning,
): Promise<void> {
  const job = await changeJob(id, before => failed(before, leaseId, reason), learning);
  if (hasEnded(job)) await releaseFiles(learning);
}

/**
 * The images of a case as one file, in pieces.
 * @throws Problem adaptation-not-found, lease-lost, not-found, series-changed, and those of the archive
 */
export async function readCaseImage(
  leased: Leased,
  caseId: string,
  learning: Learning,
  signal: AbortSignal,
): Promise<Iterable<Uint8Array>> {
  const { series, volumeFingerprint } = await caseOf(leased, caseId, learning);
  const { volume } = await learning.workspace.loadVolume(series, signal);
  if (volumeFingerprintOf(volume) !== volumeFingerprint) {
    throw new Problem('series-changed', 'The images are not those that the labels were made on.');
  }
  return learning.volumeEncoder.encode(volume);
}

/** The labels of a case as one file, in pieces. @throws Problem adaptation-not-found, lease-lost, not-found */
export async function readCaseLabelmap(
  leased: Leased,
  caseId: string,
  learning: Learning,
): Promise<Readable> {
  const { labelmapSha256 } = await caseOf(leased, caseId, learning);
  const gunzip = createGunzip();
  pipeline(learning.files.read(labelmapSha256), gunzip, () => undefined);
  return gunzip;
}

async function caseOf({ id, leaseId }: Leased, caseId: string, learning: Learning): Promise<AdaptationCase> {
  const job = await learning.adaptations.load(id);
  leasedState(job, leaseId);
  const found = job.cases.find(each => each.caseId === caseId);
  if (!found) throw new Problem('not-found', 'The job has no such case.', { caseId });
  return found;
}
