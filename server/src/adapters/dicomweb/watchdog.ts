export interface Patience {
  /** For one thing that is waited for. */
  readonly idleTimeoutMs: number;
  /** For all of them together. */
  readonly totalTimeoutMs: number;
}

/** Aborts when something that is waited for takes too long; between two waits time does not count. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #idleTimeoutMs: number;
  #leftMs: number;

  constructor({ idleTimeoutMs, totalTimeoutMs }: Patience) {
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#leftMs = totalTimeoutMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async watch<Value>(waiting: Promise<Value>): Promise<Value> {
    const started = performance.now();
    const timer = setTimeout(
      () => this.#controller.abort(),
      Math.max(0, Math.min(this.#idleTimeoutMs, this.#leftMs)),
    );
    try {
      return await waiting;
    } finally {
      clearTimeout(timer);
      this.#leftMs -= performance.now() - started;
    }
  }
}
