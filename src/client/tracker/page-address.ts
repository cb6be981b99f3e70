const MAX_URL = 2048;

/** Query and hash hold tokens and names: what is not listed is cut. Listed members stand in the order of the list. */
export function pageUrl(
  { origin, pathname, search, hash }: Location,
  query: readonly string[],
  withHash: boolean,
): string {
  const asked = new URLSearchParams(search);
  const kept = new URLSearchParams(query.flatMap((name) => asked.getAll(name).map((value) => [name, value])));
  return `${origin}${pathname}${kept.size > 0 ? `?${kept}` : ''}${withHash ? hash : ''}`.slice(0, MAX_URL);
}
