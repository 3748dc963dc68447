/** Requests under way at a time. */
const PARALLEL_REQUESTS = 6;

/**
 * What `retrieve` gives for each item, in their order, several at a time; what is under way when the consumer
 * stops, or one fails, is aborted.
 */
export async function* retrievedInParallel<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  retrieve: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const waiting: Promise<Result>[] = [];
  const rest = items.values();
  const start = (): void => {
    const next = rest.next();
    if (next.done) return;
    const retrieval = retrieve(next.value, either);
    // Awaited below in its turn; until then a failure is not unhandled.
    retrieval.catch(() => undefined);
    waiting.push(retrieval);
  };
  try {
    for (let n = 0; n < PARALLEL_REQUESTS; n++) start();
    for (let retrieval = waiting.shift(); retrieval; retrieval = waiting.shift()) {
      const result = await retrieval;
      start();
      yield result;
    }
  } finally {
    stopping.abort();
  }
}
