/**
 * Milliseconds spent in each named part of a request: archive, volume, encode, decode, adapt, mask, learn, log
 * (waiting for and writing the operation log), seg.
 */
export type Timings = Readonly<Record<string, number>>;

export function addTimings(...timings: readonly Timings[]): Timings {
  const sum: Record<string, number> = {};
  for (const [part, ms] of timings.flatMap(each => Object.entries(each))) sum[part] = (sum[part] ?? 0) + ms;
  return sum;
}

/**
 * Of work done side by side: where that took more than the time that passed, the time that passed is shared out in
 * proportion.
 */
export function sideBySide(timings: readonly Timings[], passedMs: number): Timings {
  const sum = addTimings(...timings);
  const workMs = Object.values(sum).reduce((total, ms) => total + ms, 0);
  const share = workMs > passedMs ? passedMs / workMs : 1;
  return Object.fromEntries(Object.entries(sum).map(([part, ms]) => [part, ms * share]));
}

/** Runs `work` and tells how long it took under the name `part`. */
export async function timed<Result>(
  part: string,
  work: () => Result | Promise<Result>,
): Promise<{ readonly result: Result; readonly timings: Timings }> {
  const start = performance.now();
  const result = await work();
  return { result, timings: { [part]: performance.now() - start } };
}
