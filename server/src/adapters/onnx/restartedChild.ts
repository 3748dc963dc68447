import { setTimeout as delay } from 'node:timers/promises';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import { EngineChild, type AnsweredCommand, type EngineEntry } from './engineChild.ts';
import type { EngineAnswer } from './engineProtocol.ts';
import { graphsOf } from './graphsOf.ts';

export interface RestartedChildOptions {
  readonly entry: EngineEntry;
  /** Loaded as soon as the process runs, so that the first click does not wait for it. */
  readonly preload?: readonly ModelManifest[];
  /** How long an answer, or the start, may take. */
  readonly answerTimeoutMs?: number;
  /** Told why the engine process ended, when nobody asked it to. */
  readonly onCrash?: (reason: string) => void;
}

export interface RestartedChildEvents {
  readonly onReady: () => void;
  /** It keeps nothing of what it was told. @param wasReady false when it died before it could take commands */
  readonly onExit: (reason: string, wasReady: boolean) => void;
  /** Whether it is needed no more. Asked after `onExit`. */
  readonly isOver: () => boolean;
}

const FIRST_RESTART_DELAY_MS = 100;
const LONGEST_RESTART_DELAY_MS = 30_000;

/** The engine process, started again whenever it dies. */
export class RestartedChild {
  /** Resolves when what was to be preloaded is, or cannot be. */
  readonly loaded: Promise<void>;
  readonly #options: RestartedChildOptions;
  readonly #events: RestartedChildEvents;
  #child: EngineChild;
  #ready = false;
  #prepared = false;
  #deathsInARow = 0;
  #whenLoaded: () => void = () => undefined;

  constructor(options: RestartedChildOptions, events: RestartedChildEvents) {
    this.#options = options;
    this.#events = events;
    this.loaded = new Promise(resolve => (this.#whenLoaded = resolve));
    this.#child = this.#start();
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Ready, and what was to be preloaded is, or cannot be. */
  get prepared(): boolean {
    return this.#prepared;
  }

  /** Of the process now running. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws Error with the message of the engine process, or with the reason of its end */
  async ask(command: AnsweredCommand): Promise<EngineAnswer> {
    const answer = await this.#child.ask(command);
    this.#deathsInARow = 0;
    return answer;
  }

  forget(embeddingKey: string): void {
    this.#child.forget(embeddingKey);
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#ready = this.#prepared = false;
    await this.#child.close();
  }

  #start(): EngineChild {
    const { entry, answerTimeoutMs } = this.#options;
    const events = {
      onReady: () => {
        this.#ready = true;
        // A model that cannot be loaded fails the requests that need it, with its reason.
        const preload = this.#options.preload ?? [];
        const loading = preload.map(model => child.ask({ kind: 'load', graphs: graphsOf(model) }));
        void Promise.allSettled(loading).then(() => {
          this.#prepared = this.#ready && this.#child === child;
          this.#whenLoaded();
        });
        this.#events.onReady();
      },
      onExit: (reason: string, wasReady: boolean) => this.#ended(reason, wasReady),
    };
    const child = new EngineChild(entry, events, answerTimeoutMs);
    return child;
  }

  #ended(reason: string, wasReady: boolean): void {
    this.#ready = this.#prepared = false;
    this.#events.onExit(reason, wasReady);
    if (this.#events.isOver()) return;
    this.#options.onCrash?.(reason);
    void this.#restart();
  }

  /** Slower and slower while it keeps dying without having answered anything. */
  async #restart(): Promise<void> {
    const delayMs = Math.min(LONGEST_RESTART_DELAY_MS, FIRST_RESTART_DELAY_MS * 2 ** this.#deathsInARow);
    this.#deathsInARow++;
    await delay(delayMs, undefined, { ref: false });
    if (this.#events.isOver()) return;
    try {
      this.#child = this.#start();
    } catch (error) {
      // No memory for a process, for instance: Node throws then, and the server is to outlive it.
      this.#ended(error instanceof Error ? error.message : String(error), false);
    }
  }
}
