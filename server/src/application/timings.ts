/**
 * Milliseconds spent in each named part of a request: archive, volume, encode, decode, mask, log
 * (waiting for and writing the operation log), seg.
 */
export type Timings = Readonly<Record<string, number>>;

export function addTimings(...timings: readonly Timings[]): Timings {
  const sum: Record<string, number> = {};
  for (const [part, ms] of timings.flatMap(each => Object.entries(each))) sum[part] = (sum[part] ?? 0) + ms;
  return sum;
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
