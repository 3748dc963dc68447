import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from './singleFlight.ts';

/**
 * Does long work between which others get a turn.
 * @param signal absent for work whose end somebody counts on
 * @throws Problem cancelled
 */
export async function inTurns<Result>(
  work: Generator<undefined, Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (;;) {
    if (signal) throwIfCancelled(signal);
    const turn = work.next();
    if (turn.done === true) return turn.value;
    await nextTurn();
  }
}
