import { canonicalJson } from '../parsing/canonical-json.js';
import { fingerprintOf } from './fingerprint.js';
import { type ComparedContent, contentNamed } from './recorded-fact.js';

/** What names a person, or is theirs alone: the columns that an erasure empties, under their names in JSON. */
const PERSONAL = ['user_id', 'session_id', 'page_url', 'view_id', 'target', 'properties'] as const;

type Named = Readonly<Record<string, unknown>>;

/** Of a content (`comparedContent`) what is left of it once its person is erased: in all regions the same. */
export function erasedContent(text: string): ComparedContent {
  const left = Object.fromEntries(
    Object.entries(JSON.parse(text) as Named).filter(([name]) => !PERSONAL.some((personal) => personal === name)),
  );
  return { fingerprint: fingerprintOf(contentNamed(left), null), text: canonicalJson(left) };
}

/** Whose a content is; null: nobody's. */
export function personOfContent(text: string): string | null {
  const { user_id: userId } = JSON.parse(text) as Named;
  return typeof userId === 'string' ? userId : null;
}
