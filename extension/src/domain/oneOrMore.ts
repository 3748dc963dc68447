/** The viewer gives a sequence of one item, or a single value, as itself or as a list. */
export type OneOrMore<Item> = Item | Item[];

export function listOf<Item>(value: OneOrMore<Item> | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
