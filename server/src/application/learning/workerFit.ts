import type { Adaptation } from '../../domain/adaptation.ts';
import type { Learning } from './learning.ts';

/**
 * How a worker and this server deal with each other: requests, what is in the files of a case, what a package holds. One
 * more with each change that a worker of before would get wrong; the worker's own is in client.py.
 */
export const WORKER_PROTOCOL = 3;
/** Of workers that do not say. */
const FIRST_PROTOCOL = 1;

type Base = Adaptation['base'];

/** What a worker says of itself. */
export interface WorkerVersion {
  readonly protocol?: number;
  /** Absent: it does not say what it can learn on. */
  readonly bases?: readonly Base[];
}

export interface WorkerFit {
  /** Why the worker gets no job at all; undefined of one that does. */
  readonly outdatedFor: string | undefined;
  /** Bases of this server that the worker does not have as they are here. */
  readonly lacking: readonly Base[];
}

/** Whether a worker is up to the jobs of this server: one that is not would fail them, one after the other. */
export function workerFit(
  { protocol = FIRST_PROTOCOL, bases }: WorkerVersion,
  { workspace }: Pick<Learning, 'workspace'>,
): WorkerFit {
  if (protocol !== WORKER_PROTOCOL) {
    const older = protocol < WORKER_PROTOCOL ? 'the worker' : 'the server';
    const reason = `It speaks version ${protocol} of the worker protocol, this server version ${WORKER_PROTOCOL}: update ${older}.`;
    return { outdatedFor: reason, lacking: [] };
  }
  const here = workspace.zoo
    .list()
    .flatMap(({ id, version, adaptableEncoder }) => (adaptableEncoder ? [{ model: id, version }] : []));
  const lacking = here.filter(
    ({ model, version }) => !bases?.some(own => own.model === model && own.version === version),
  );
  if (here.length === 0 || lacking.length < here.length) return { outdatedFor: undefined, lacking };
  const has = bases?.length ? bases.map(nameOf).join(', ') : 'none';
  const reason = `Its base models (${has}) are not this server's (${here.map(nameOf).join(', ')}): update the worker.`;
  return { outdatedFor: reason, lacking };
}

function nameOf({ model, version }: Base): string {
  return `${model} ${version}`;
}
