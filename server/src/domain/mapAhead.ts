/**
 * What `map` makes of the items, in their order, with up to `width` of them under way at a time.
 * Where the consumer stops early, or an item fails, those under way are waited for and dropped.
 */
export async function* mapAhead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = map(item);
      // One that fails before its turn must not end the process as an unhandled rejection.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= width) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}
