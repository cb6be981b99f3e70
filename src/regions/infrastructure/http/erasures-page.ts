import { Compile } from 'typebox/compile';
import { ErasuresPage } from '../../../people/application/answers/erasure.answer.js';

/** The most erasures of a page. */
export const PAGE_ERASURES = 5_000;

const answer = Compile(ErasuresPage);

/** Another region answered something that is no page of its log of erasures. */
export class NoErasuresPage extends Error {
  override readonly name = 'NoErasuresPage';
}

/**
 * A page of the log of erasures as another region wrote it. What is taken from it stays, and is sent on to further regions,
 * so nothing is taken that no region can have written.
 *
 * @throws {NoErasuresPage}
 */
export function readErasuresPage(value: unknown): ErasuresPage {
  if (!answer.Check(value)) throw new NoErasuresPage('its log of erasures has another form');
  const { erasures } = value;
  if (erasures.length > PAGE_ERASURES) throw new NoErasuresPage(`more than ${PAGE_ERASURES} erasures in a page`);
  if (new Set(erasures.map(({ person }) => person)).size < erasures.length)
    throw new NoErasuresPage('a person stands twice in a page of its log of erasures');
  return value;
}
