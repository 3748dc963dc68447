/** The longest that the event loop was held while work went on, beside its result. */
export async function longestTurnOf<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly longestMs: number; readonly result: Result }> {
  let longestMs = 0;
  let last = performance.now();
  let turn = setImmediate(function look() {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    turn = setImmediate(look);
  });
  try {
    const result = await work();
    return { longestMs: Math.max(longestMs, performance.now() - last), result };
  } finally {
    clearImmediate(turn);
  }
}
