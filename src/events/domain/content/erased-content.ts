import { canonicalJson } from '../parsing/canonical-json.js';
import { fingerprintOf } from './fingerprint.js';
import { type ComparedContent, contentNamed } from './recorded-fact.js';

/** Fields that name a person, or belong to that person alone: the columns that an erasure empties, under their names in JSON. */
const PERSONAL = ['user_id', 'session_id', 'page_url', 'view_id', 'target', 'properties'] as const;

type Named = Readonly<Record<string, unknown>>;

/** The part of a content (`comparedContent`) that is left once its person is erased. It is the same in all regions. */
export function erasedContent(text: string): ComparedContent {
  const left = Object.fromEntries(
    Object.entries(JSON.parse(text) as Named).filter(([name]) => !PERSONAL.some((personal) => personal === name)),
  );
  return { fingerprint: fingerprintOf(contentNamed(left), null), text: canonicalJson(left) };
}

/** The person whom a content belongs to; null: it has none. */
export function personOfContent(text: string): string | null {
  const { user_id: userId } = JSON.parse(text) as Named;
  return typeof userId === 'string' ? userId : null;
}
