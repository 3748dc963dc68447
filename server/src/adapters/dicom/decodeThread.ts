import type { Worker } from 'node:worker_threads';
import type { DecodeReply, DecodeTask } from './decodeProtocol.ts';

/** Why there is no reply: the thread ended by itself, or was ended since it took too long. */
export type NoReply = 'ended' | 'late';

/** A thread that decodes one image at a time, and what is known of its life. */
export class DecodeThread {
  #isOver = false;
  #hasAnswered = false;

  constructor(private readonly worker: Worker) {
    // Out of memory, for instance; `exit` follows, and says all that matters here.
    worker.on('error', () => undefined);
    worker.on('exit', () => (this.#isOver = true));
  }

  /** It has ended, or is ending: it answers nothing that it is asked. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** It has decoded another image before. */
  get isUsed(): boolean {
    return this.#hasAnswered;
  }

  async ask(task: DecodeTask, timeoutMs: number): Promise<DecodeReply | NoReply> {
    // Only a thread at work keeps the process alive.
    this.worker.ref();
    const reply = await this.#answerTo(task, timeoutMs);
    if (typeof reply !== 'string') this.#hasAnswered = true;
    if (!this.#isOver) this.worker.unref();
    return reply;
  }

  async terminate(): Promise<void> {
    this.#isOver = true;
    await this.worker.terminate();
  }

  #answerTo(task: DecodeTask, timeoutMs: number): Promise<DecodeReply | NoReply> {
    return new Promise(resolve => {
      const settle = (reply: DecodeReply | NoReply): void => {
        clearTimeout(timer);
        this.worker.off('message', settle);
        this.worker.off('exit', onExit);
        resolve(reply);
      };
      const onExit = (): void => settle('ended');
      const timer = setTimeout(() => {
        this.worker.off('exit', onExit);
        void this.terminate().then(() => settle('late'));
      }, timeoutMs);
      this.worker.on('message', settle);
      this.worker.on('exit', onExit);
      this.worker.postMessage(task);
    });
  }
}
