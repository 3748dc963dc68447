/** Aborts when something that is waited for takes too long; between two waits time does not count. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async watch<Value>(waiting: Promise<Value>): Promise<Value> {
    const timer = setTimeout(() => this.#controller.abort(), this.#timeoutMs);
    try {
      return await waiting;
    } finally {
      clearTimeout(timer);
    }
  }
}
