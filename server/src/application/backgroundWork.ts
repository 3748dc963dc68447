interface RunningWork {
  readonly ended: Promise<void>;
  readonly giveUp: () => void;
}

/** Work that nobody waits for. It is given up when the server stops. */
export class BackgroundWork {
  readonly #running = new Map<string, RunningWork>();
  #isStopped = false;

  /** @param onFailed told why the work failed, unless it was given up */
  constructor(private readonly onFailed: (name: string, reason: unknown) => void) {}

  /** Starts `work` unless work of the same key is running. `name` is safe to log. */
  start(name: string, key: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (!this.#running.has(key)) this.startInstead(name, key, work);
  }

  /** Starts `work` and gives up what is running of the same key. `name` is safe to log. */
  startInstead(name: string, key: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#isStopped) return;
    this.#running.get(key)?.giveUp();
    const controller = new AbortController();
    const { signal } = controller;
    const ended = work(signal)
      .catch((reason: unknown) => {
        if (!signal.aborted) this.onFailed(name, reason);
      })
      .finally(() => {
        if (this.#running.get(key) === running) this.#running.delete(key);
      });
    const running = { ended, giveUp: () => controller.abort() };
    this.#running.set(key, running);
  }

  /** Resolves when all of it has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = [...this.#running.values()];
    for (const { giveUp } of all) giveUp();
    await Promise.all(all.map(({ ended }) => ended));
  }
}
