/** What the older tracker called the fields of today. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  page: 'page_url',
  viewportW: 'viewport_width',
  viewportH: 'viewport_height',
  scrollY: 'scroll_y',
  scrollHeight: 'document_height',
};

/**
 * A click of the older tracker in the names of today; as it was sent when it has none of the older ones. Where both names are there,
 * that of today is meant, and the other stays what it is: a free field.
 *
 * @param parsed the same body
 */
export function olderClick(body: Buffer, parsed: unknown): Buffer | string {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return body;
  const isAbsent = (field: string) => (parsed as Record<string, unknown>)[field] == null;
  const entries = Object.entries(parsed).map(([name, value]): [string, unknown] => {
    const today = Object.hasOwn(OLDER_NAMES, name) ? OLDER_NAMES[name]! : name;
    return [today !== name && isAbsent(today) && !meansUrl(today, parsed) ? today : name, value];
  });
  if (entries.every(([name]) => Object.hasOwn(parsed, name))) return body;
  return JSON.stringify(Object.fromEntries(entries));
}

/** `url` is a name of today for the page as well. */
const meansUrl = (today: string, parsed: object) => today === 'page_url' && 'url' in parsed && parsed.url != null;
