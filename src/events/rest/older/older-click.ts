/** The names that the older tracker gave to today's fields. */
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
  const sent = parsed as Readonly<Record<string, unknown>>;
  const isGiven = (field: string) => sent[field] !== undefined && sent[field] !== null;
  // `url` is a name of today for the page as well.
  const isGivenToday = (field: string) => isGiven(field) || (field === 'page_url' && isGiven('url'));
  const renamed = Object.entries(OLDER_NAMES).filter(([older, today]) => isGiven(older) && !isGivenToday(today));
  if (renamed.length === 0) return body;
  const { ...click } = sent as Record<string, unknown>;
  for (const [older, today] of renamed) {
    click[today] = click[older];
    delete click[older];
  }
  return JSON.stringify(click);
}
