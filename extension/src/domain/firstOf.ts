/** The beginning of a long list. */
export interface FirstOf<Item> {
  readonly items: readonly Item[];
  /** False where there may be more. */
  readonly isAll: boolean;
}

/** Reads a list page by page, one after the other, until there are `most` items or there is no more. */
export async function firstOf<Item>(
  most: number,
  pageSize: number,
  read: (page: { readonly limit: number; readonly offset: number }) => Promise<readonly Item[]>,
): Promise<FirstOf<Item>> {
  const items: Item[] = [];
  while (items.length < most) {
    const page = await read({ limit: pageSize, offset: items.length });
    items.push(...page);
    if (page.length < pageSize) return { items, isAll: true };
  }
  return { items, isAll: false };
}
