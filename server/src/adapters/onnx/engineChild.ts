import { fork, type ChildProcess } from 'node:child_process';
import type { EngineAnswer, EngineCommand } from './engineProtocol.ts';

export interface EngineEntry {
  /** The compiled `engineProcess`, or its source together with the loader that reads it. */
  readonly path: string;
  readonly execArgv?: readonly string[];
}

/** Far above what a model takes to be loaded or to answer, on slow machines as well: what takes longer hangs. */
export const ANSWER_TIMEOUT_MS = 180_000;

/** From the end of its channel. It keeps nothing: what takes longer hangs, and is not worth a server that does not stop. */
const EXIT_TIMEOUT_MS = 2000;

export interface EngineChildEvents {
  readonly onReady: () => void;
  /** @param wasReady false when it died before it could take commands */
  readonly onExit: (reason: string, wasReady: boolean) => void;
}

export type AnsweredCommand = Exclude<EngineCommand, { kind: 'forget' }>;

interface Exchange {
  readonly resolve: (answer: EngineAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One life of the engine process. Answers come in the order of the commands. Native code that hangs cannot be
 * interrupted: where no answer comes for long, the process is killed.
 */
export class EngineChild {
  readonly #process: ChildProcess;
  readonly #exchanges: Exchange[] = [];
  #wasReady = false;
  #exit: string | undefined;
  #silence: NodeJS.Timeout | undefined;
  #isSilent = false;

  constructor(
    entry: EngineEntry,
    events: EngineChildEvents,
    private readonly answerTimeoutMs: number = ANSWER_TIMEOUT_MS,
  ) {
    this.#process = fork(entry.path, [], {
      execArgv: [...(entry.execArgv ?? [])],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', message => {
      // The other end is our own code.
      const answer = message as EngineAnswer;
      if (answer.kind === 'ready') {
        this.#wasReady = true;
        events.onReady();
      } else {
        this.#exchanges.shift()?.resolve(answer);
      }
      this.#listen();
    });
    const end = (reason: string): void => {
      if (this.#exit !== undefined) return;
      this.#exit = reason;
      clearTimeout(this.#silence);
      for (const exchange of this.#exchanges.splice(0)) exchange.reject(new Error(reason));
      events.onExit(reason, this.#wasReady);
    };
    this.#process.on('error', error => end(error.message));
    this.#process.on('exit', (code, signal) => {
      const how = this.#isSilent ? `did not answer in ${answerTimeoutMs / 1000} s` : 'ended';
      end(`the engine process ${how} (${signal ?? `code ${code}`})`);
    });
    this.#listen();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws Error with the message of the engine process, or with the reason of its end */
  async ask(command: AnsweredCommand): Promise<EngineAnswer> {
    const answer = await new Promise<EngineAnswer>((resolve, reject) => {
      this.#exchanges.push({ resolve, reject });
      if (this.#exchanges.length === 1) this.#listen();
      this.#post(command);
    });
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer;
  }

  forget(embeddingKey: string): void {
    this.#post({ kind: 'forget', embeddingKey });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#exit !== undefined) return;
    const ended = new Promise(resolve => this.#process.once('exit', resolve));
    if (this.#process.connected) this.#process.disconnect();
    const hanging = setTimeout(() => this.#process.kill('SIGKILL'), EXIT_TIMEOUT_MS);
    await ended;
    clearTimeout(hanging);
  }

  /** Anew with every answer: commands wait for each other, and for what is loaded before the first. */
  #listen(): void {
    clearTimeout(this.#silence);
    if (this.#wasReady && this.#exchanges.length === 0) return;
    this.#silence = setTimeout(() => {
      this.#isSilent = true;
      this.#process.kill('SIGKILL');
    }, this.answerTimeoutMs);
    this.#silence.unref();
  }

  #post(command: EngineCommand): void {
    if (this.#process.connected) this.#process.send(command, () => undefined);
  }
}
