import { parseStrictJson } from '../../domain/parsing/strict-json.js';
import { RejectedEvent } from '../../domain/rejection.js';

/** The names that the older tracker gave to today's fields. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  page: 'page_url',
  viewportW: 'viewport_width',
  viewportH: 'viewport_height',
  scrollY: 'scroll_y',
  scrollHeight: 'document_height',
};

/**
 * A click of the older tracker in the names of today; as it was sent when it has none of the older ones, or would be refused anyway.
 * Where both names are there, that of today is meant, and the other stays what it is: a free field.
 */
export function olderClick(body: Buffer): Buffer | string {
  const sent = acceptable(body);
  if (sent === null) return body;
  const isGiven = (field: string) => sent[field] !== undefined && sent[field] !== null;
  // `url` is a name of today for the page as well.
  const isGivenToday = (field: string) => isGiven(field) || (field === 'page_url' && isGiven('url'));
  const renamed = Object.entries(OLDER_NAMES).filter(([older, today]) => isGiven(older) && !isGivenToday(today));
  if (renamed.length === 0) return body;
  const click = { ...sent };
  for (const [older, today] of renamed) {
    click[today] = click[older];
    delete click[older];
  }
  return JSON.stringify(click);
}

/** Only of what is read strictly nothing is altered when it is written again. */
function acceptable(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    return parseStrictJson(body);
  } catch (error) {
    if (error instanceof RejectedEvent) return null;
    throw error;
  }
}
