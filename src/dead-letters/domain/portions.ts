/**
 * Cuts items, in their order, into portions of at most `maxBytes` and `maxItems`. An item above `maxBytes` goes alone.
 * Payloads reach 64 MiB each, so a reader of many of them holds one portion at a time.
 */
export function* portions<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  maxBytes: number,
  maxItems = Infinity,
): Generator<T[]> {
  let portion: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (portion.length > 0 && (bytes + size > maxBytes || portion.length >= maxItems)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(item);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}
