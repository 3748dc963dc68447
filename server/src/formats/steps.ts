import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that can be left off between its steps, each of some milliseconds. */
export type Steps<Result> = Generator<undefined, Result>;

/** Does all of it at once. */
export function finished<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does it in turns, between which others get theirs. */
export async function finishedInTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
