import type { Adaptation, AdaptationMethod, TrainingReport } from '../domain/adaptation.ts';
import type { RegisteredTask } from '../domain/task.ts';

/** Those of one of the methods, and on no base that is lacking. */
export interface WantedJobs {
  readonly methods: readonly AdaptationMethod[];
  readonly lacking: readonly Adaptation['base'][];
}

/** Keeps adaptation jobs. What it has acknowledged survives the death of the process. */
export interface AdaptationStore {
  create(job: Adaptation): Promise<void>;
  /** Newest first. */
  list(page: { readonly limit: number; readonly offset: number }): Promise<readonly Adaptation[]>;
  /** @throws Problem adaptation-not-found */
  load(id: string): Promise<Adaptation>;
  /**
   * Replaces a job by what `change` makes of it; no other change of it runs meanwhile.
   * @throws Problem adaptation-not-found, and what `change` throws, which leaves the job as it was
   */
  update(id: string, change: (job: Adaptation) => Adaptation): Promise<Adaptation>;
  /**
   * Changes a job and registers the task that has come of it: both, or neither.
   * @returns false, and nothing is changed, when there is a task of this id
   * @throws Problem adaptation-not-found, and what `change` throws, which leaves job and tasks as they were
   */
  complete(id: string, change: (job: Adaptation) => Adaptation, task: RegisteredTask): Promise<boolean>;
  /** Changes the oldest waiting job that is wanted; undefined when there is none. */
  claimNext(wanted: WantedJobs, change: (job: Adaptation) => Adaptation): Promise<Adaptation | undefined>;
  /** Ids of the jobs whose lease has ended. */
  expiredAt(nowMs: number): Promise<readonly string[]>;
  /** Appends to the reports of a job, of which the newest points and the newest lines are kept. */
  report(id: string, report: TrainingReport): Promise<void>;
  /** Oldest first. */
  reports(id: string): Promise<readonly TrainingReport[]>;
  /** SHA-256 of every stored file that a job may still need. */
  filesInUse(): Promise<ReadonlySet<string>>;
}
