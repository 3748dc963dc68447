import { Worker } from 'node:worker_threads';
import { Problem } from '../../domain/errors.ts';
import type { Raster } from '../../domain/raster.ts';
import type { PictureEncoder, PictureWish } from '../../ports/pictureEncoder.ts';
import type { PictureTask } from './pictureWorker.ts';

/** Each holds an image in memory. */
const MOST_WAITING = 32;

/**
 * Draws pictures in a thread, one after the other: the largest take seconds, which a click is not to wait for. It is
 * started when there is work for it, and anew where it has ended over a picture.
 */
export class ThreadedPictures implements PictureEncoder {
  #thread: Worker | undefined;
  #waiting = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  async encode(raster: Raster, wish: PictureWish, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#waiting >= MOST_WAITING) {
      throw new Problem('overloaded', 'Many pictures are being drawn; try again shortly.', {
        waiting: this.#waiting,
      });
    }
    this.#waiting++;
    const turn = this.#lastTurn.then(() => this.#draw({ raster, wish }, signal));
    this.#lastTurn = turn.catch(() => undefined);
    return turn.finally(() => this.#waiting--);
  }

  /** Ends the thread; what waits fails as cancelled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
  }

  async #draw(task: PictureTask, signal: AbortSignal): Promise<Uint8Array> {
    if (signal.aborted || this.#isClosed) throw cancelled();
    const thread = (this.#thread ??= this.#start());
    // Only a thread at work keeps the process alive.
    thread.ref();
    const picture = await answerOf(thread, task);
    if (picture) {
      thread.unref();
      return picture;
    }
    if (this.#isClosed) throw cancelled();
    throw new Problem('unsupported-pixel-data', 'The picture takes too much memory; ask for a smaller one.');
  }

  #start(): Worker {
    const thread = startThread();
    thread.once('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    return thread;
  }
}

function cancelled(): Problem {
  return new Problem('cancelled', 'Nobody waits for the picture any more.');
}

/** `undefined` when the thread ends instead. */
function answerOf(thread: Worker, task: PictureTask): Promise<Uint8Array | undefined> {
  return new Promise(resolve => {
    const settle = (picture?: Uint8Array): void => {
      thread.off('message', settle);
      thread.off('exit', onExit);
      resolve(picture);
    };
    const onExit = (): void => settle();
    thread.on('message', settle);
    thread.on('exit', onExit);
    thread.postMessage(task);
  });
}

/** Beside the bundled server lies the bundled worker; beside this source its source, which tsx reads. */
function startThread(): Worker {
  const thread = import.meta.url.endsWith('.ts')
    ? new Worker(programOf(new URL('./pictureWorker.ts', import.meta.url).href), { eval: true })
    : new Worker(new URL('./pictureWorker.js', import.meta.url));
  // Out of memory, for instance; `exit` follows, and says all that matters here.
  thread.on('error', () => undefined);
  return thread;
}

function programOf(source: string): string {
  return `import('tsx/esm/api').then(tsx => { tsx.register(); return import('${source}'); })`;
}
