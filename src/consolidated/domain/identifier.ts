/** The id by which a service knows an item. `1` and `"1"` are the same. */
export type Identifier = string | number;

/** Numbers come by value before texts by code unit. This decides between equals. */
export function byIdentifier(one: Identifier, other: Identifier): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one !== typeof other) return typeof one === 'number' ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
