/**
 * The items that a service lists. They are kept as the text that came, because as objects they take several times as much memory.
 * Iterating makes those members of each item that we know, anew each time.
 */
export interface ServiceList<Item> extends Iterable<Item> {
  readonly length: number;
  /** The JSON of one item, as we answer with it: our names of the members that we know, and all others as they came. */
  json(index: number): string;
  /** At most so many bytes of UTF-8 has the JSON of the items from number to number. */
  mostBytes(from: number, to: number): number;
}

export const EMPTY_LIST: ServiceList<never> = {
  length: 0,
  [Symbol.iterator]: () => [].values(),
  json: () => '',
  mostBytes: () => 0,
};

/** So many are made in a step, by what they take at most as JSON. */
const BYTES_A_STEP = 16_384;

/** All items of a list at once, made in steps. */
export function* itemsOf<Item>(list: ServiceList<Item>): Generator<void, Item[]> {
  const items: Item[] = [];
  let made = 0;
  for (const item of list) {
    items.push(item);
    if (list.mostBytes(made, items.length) < BYTES_A_STEP) continue;
    made = items.length;
    yield;
  }
  return items;
}
