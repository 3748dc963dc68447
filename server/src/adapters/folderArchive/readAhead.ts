/**
 * The results of `read` in the order of `items`, with up to `width` reads under way before they are asked for.
 * Where the consumer stops early, reads under way are waited for and dropped.
 */
export async function* readAhead<Item, Result>(
  items: readonly Item[],
  width: number,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  let next = 0;
  const start = (): void => {
    const item = items[next++];
    if (item === undefined) return;
    const reading = read(item);
    // A later read that fails before it is asked for must not end the process as an unhandled rejection.
    reading.catch(() => undefined);
    underWay.push(reading);
  };
  try {
    while (underWay.length < width && next < items.length) start();
    for (let reading = underWay.shift(); reading; reading = underWay.shift()) {
      const result = await reading;
      start();
      yield result;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
