import { Compile } from 'typebox/compile';
import { isStorableText } from '../../../events/domain/parsing/storable-text.js';
import { FactsAnswer } from '../../application/answers/facts.answer.js';
import type { FactsPage } from '../../application/merging/other-region.port.js';
import { FACT_COLUMNS } from '../../domain/fact-row.js';
import { mergedFact, NoFact } from '../../domain/merged-fact.js';

const answer = Compile(FactsAnswer);

/** Another region answered something that is no page of facts. */
export class NoFactsPage extends Error {
  override readonly name = 'NoFactsPage';
}

/** A page of facts as another region wrote it. @throws {NoFactsPage} */
export function readFactsPage(text: string): FactsPage {
  const page = parsed(text);
  if (!answer.Check(page) || page.columns.join() !== FACT_COLUMNS.join()) {
    throw new NoFactsPage('its facts have another form: is it another release?');
  }
  try {
    // Only an escape can stand for a character that PostgreSQL cannot hold, and texts rarely have one.
    if (text.includes('\\u')) rejectUnstorable(page);
    return { ...page, facts: page.facts.map(mergedFact), bytes: text.length };
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

function rejectUnstorable({ facts }: FactsAnswer): void {
  for (const row of facts) {
    for (const value of row) {
      if (value !== null && !isStorableText(value)) throw new NoFact('a text that no PostgreSQL can hold');
    }
  }
}
