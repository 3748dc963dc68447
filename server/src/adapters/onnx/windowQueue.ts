import { Problem } from '../../domain/errors.ts';
import type { TaskModel } from '../../ports/taskEngine.ts';

/** A cube that a task is to look at; it is settled once. */
export interface WindowJob {
  readonly model: TaskModel;
  readonly image: Float32Array;
  readonly resolve: (probabilities: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Cubes in order of arrival. A run of a task waits for each before it sends the next, so that few ever wait. */
export class WindowQueue {
  readonly #jobs: WindowJob[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  /** @throws Problem cancelled; what already runs then ends unheard */
  add(model: TaskModel, image: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        const at = this.#jobs.indexOf(job);
        if (at >= 0) this.#jobs.splice(at, 1);
        reject(new Problem('cancelled', 'The run of the task is no longer wanted.'));
      };
      const settled = (): void => signal.removeEventListener('abort', cancel);
      const job: WindowJob = {
        ...{ model, image },
        resolve: probabilities => {
          settled();
          resolve(probabilities);
        },
        reject: error => {
          settled();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { once: true });
      this.#jobs.push(job);
    });
  }

  take(): WindowJob | undefined {
    return this.#jobs.shift();
  }

  takeAll(): readonly WindowJob[] {
    return this.#jobs.splice(0);
  }
}
