/** A worker asks for work every few seconds, and reports while it works. */
const PRESENCE_MS = 60_000;
const MOST_WORKERS = 100;

/** Which training workers are there. */
export class WorkerPresence {
  /** Least recently heard of first. */
  readonly #lastHeardMs = new Map<string, number>();

  heard(worker: string, nowMs: number): void {
    this.#lastHeardMs.delete(worker);
    this.#lastHeardMs.set(worker, nowMs);
    const [oldest] = this.#lastHeardMs.keys();
    if (this.#lastHeardMs.size > MOST_WORKERS && oldest !== undefined) this.#lastHeardMs.delete(oldest);
  }

  presentAt(nowMs: number): readonly string[] {
    return [...this.#lastHeardMs]
      .filter(([, heardMs]) => nowMs - heardMs < PRESENCE_MS)
      .map(([worker]) => worker);
  }
}
