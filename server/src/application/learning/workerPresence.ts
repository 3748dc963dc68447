/** A worker asks for work every few seconds, and reports while it works. */
const PRESENCE_MS = 60_000;
const MOST_WORKERS = 100;

/** A worker that gets no job. */
export interface OutdatedWorker {
  readonly name: string;
  readonly reason: string;
}

interface Heard {
  readonly atMs: number;
  /** Why it gets no job; undefined of one that does. */
  readonly reason: string | undefined;
}

/** Which training workers are there. */
export class WorkerPresence {
  /** Least recently heard of first. */
  readonly #lastHeard = new Map<string, Heard>();

  /** @param outdatedFor why it gets no job */
  heard(worker: string, nowMs: number, outdatedFor?: string): void {
    this.#lastHeard.delete(worker);
    this.#lastHeard.set(worker, { atMs: nowMs, reason: outdatedFor });
    const [oldest] = this.#lastHeard.keys();
    if (this.#lastHeard.size > MOST_WORKERS && oldest !== undefined) this.#lastHeard.delete(oldest);
  }

  /** Those that take jobs. */
  presentAt(nowMs: number): readonly string[] {
    return this.#heardLately(nowMs).flatMap(([name, { reason }]) => (reason === undefined ? [name] : []));
  }

  outdatedAt(nowMs: number): readonly OutdatedWorker[] {
    return this.#heardLately(nowMs).flatMap(([name, { reason }]) =>
      reason === undefined ? [] : [{ name, reason }],
    );
  }

  #heardLately(nowMs: number): readonly (readonly [string, Heard])[] {
    return [...this.#lastHeard].filter(([, { atMs }]) => nowMs - atMs < PRESENCE_MS);
  }
}
