/** Work that nobody waits for. It is given up when the server stops. */
export class BackgroundWork {
  readonly #controller = new AbortController();
  readonly #running = new Map<string, Promise<void>>();

  /** @param onFailed told why the work failed, unless it was given up */
  constructor(private readonly onFailed: (name: string, reason: unknown) => void) {}

  /** Starts `work` unless work of the same key is running. `name` is safe to log. */
  start(name: string, key: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#running.has(key) || this.#controller.signal.aborted) return;
    const { signal } = this.#controller;
    const running = work(signal)
      .catch((reason: unknown) => {
        if (!signal.aborted) this.onFailed(name, reason);
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, running);
  }

  /** Resolves when all of it has ended. */
  async stop(): Promise<void> {
    this.#controller.abort();
    await Promise.all(this.#running.values());
  }
}
