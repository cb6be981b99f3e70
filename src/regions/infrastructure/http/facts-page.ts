import { Compile } from 'typebox/compile';
import { MAX_EVENT_BYTES } from '../../../events/domain/parsing/strict-json.js';
import { EARLIEST_MS, LATEST_MS } from '../../../events/domain/timestamps.js';
import { isStorableText } from '../../../events/domain/parsing/storable-text.js';
import { type ConflictContent, FactsAnswer } from '../../application/answers/facts.answer.js';
import type { FactsPage } from '../../application/merging/other-region.port.js';
import { FACT_COLUMNS } from '../../domain/fact-row.js';
import { fingerprintOf, mergedFact, NoFact } from '../../domain/merged-fact.js';
import { isTooDense, TOO_DENSE, MOST_ROWS } from './page-parts.js';

const answer = Compile(FactsAnswer);
/** The properties of an event nest 32 levels, and stand in its content. */
const MOST_LEVELS = 40;
/** In characters. A content is an event in another notation; a larger one would hold the event loop whenever it is read. */
const MOST_CONTENT = 2 * MAX_EVENT_BYTES;
/** In characters, of all contents of a page: twice what a region sends at most. */
const MOST_CONTENTS = 4_000_000;

/** Another region answered something that is no page of facts. */
export class NoFactsPage extends Error {
  override readonly name = 'NoFactsPage';
}

/** A page of facts as another region wrote it. @throws {NoFactsPage} */
export function readFactsPage(json: Buffer): FactsPage {
  if (isTooDense(json)) throw new NoFactsPage(TOO_DENSE);
  const page = parsed(json.toString());
  if (!answer.Check(page) || page.columns.join() !== FACT_COLUMNS.join()) {
    throw new NoFactsPage('its facts have another form: is it another release?');
  }
  if (Math.max(page.facts.length, page.conflicts.length) > MOST_ROWS)
    throw new NoFactsPage(`its page has more than ${MOST_ROWS} rows`);
  if (page.conflicts.reduce((sum, { content }) => sum + content.length, 0) > MOST_CONTENTS)
    throw new NoFactsPage(`the contents of a page have more than ${MOST_CONTENTS} characters`);
  // From both follows until when the region is merged, which is stored.
  const committed = Date.parse(page.as_of) - page.held_back_ms;
  if (!(committed >= EARLIEST_MS && committed <= LATEST_MS))
    throw new NoFactsPage('as_of less held_back_ms lies outside the years 1 to 9999');
  try {
    // Only an escape can stand for a character that PostgreSQL cannot hold, and texts rarely have one.
    if (json.includes('\\u')) rejectUnstorable(page);
    page.conflicts.forEach(checkConflict);
    return { ...page, facts: page.facts.map(mergedFact), bytes: json.length };
  } catch (error) {
    if (!(error instanceof NoFact)) throw error;
    throw new NoFactsPage(error.message, { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new NoFactsPage('its answer is no JSON', { cause: error });
  }
}

function rejectUnstorable({ facts, conflicts, ...head }: FactsAnswer): void {
  const texts = [
    head.region,
    head.held_back_by,
    head.watermark,
    ...conflicts.flatMap((one) => [one.event_id, one.content]),
  ];
  for (const row of [texts, ...facts]) {
    for (const value of row) {
      if (value !== null && !isStorableText(value)) throw new NoFact('a text that no PostgreSQL can hold');
    }
  }
}

/** What is stored of a conflict is shown as JSON, so nothing else may be stored. */
function checkConflict({ fingerprint, content }: ConflictContent): void {
  fingerprintOf(fingerprint);
  if (content.length > MOST_CONTENT) throw new NoFact(`a content of more than ${MOST_CONTENT} characters`);
  const value = parsed(content);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NoFact('a content that is no object');
  if (isDeep(value, MOST_LEVELS)) throw new NoFact(`a content of more than ${MOST_LEVELS} levels`);
}

const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeep(inner, levels - 1)));
