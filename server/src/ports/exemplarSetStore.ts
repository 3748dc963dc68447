import type { ExemplarSet } from '../domain/exemplarSet.ts';

/** Keeps exemplar sets. What it has acknowledged survives the death of the process. */
export interface ExemplarSetStore {
  create(set: ExemplarSet): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly ExemplarSet[]>;
  /** @throws Problem exemplar-set-not-found */
  load(id: string): Promise<ExemplarSet>;
  /** @throws Problem exemplar-set-not-found */
  remove(id: string): Promise<void>;
}
