import { Compile } from 'typebox/compile';
import { excerptPath } from '../../../events/domain/parsing/excerpt.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import { ErasuresPage } from '../../../people/application/answers/erasure.answer.js';

/** The most erasures of a page. */
export const PAGE_ERASURES = 5_000;

const DAY_MS = 86_400_000;
/**
 * A region dates an erasure by PostgreSQL's clock, or a day later where a producer's clock was ahead. Each region that takes it over may
 * add such a day, and be a little wrong itself. A date that is further ahead comes from a wrong clock. It would stay in the logs of
 * all regions, and take the person of whatever is received until then.
 */
const MOST_DAYS_AHEAD = 7;

const answer = Compile(ErasuresPage);

/** Another region answered something that is no page of its log of erasures. */
export class NoErasuresPage extends Error {
  override readonly name = 'NoErasuresPage';
}

/**
 * A page of the log of erasures as another region wrote it. What is taken from it stays, and is sent on to further regions,
 * so nothing is taken that no region can have written.
 *
 * @param now epoch milliseconds
 * @throws {NoErasuresPage}
 */
export function readErasuresPage(value: unknown, now: number): ErasuresPage {
  if (!answer.Check(value)) {
    const [{ instancePath, message } = { instancePath: '', message: '' }] = answer.Errors(value);
    throw new NoErasuresPage(`its log of erasures has another form: ${excerptPath(instancePath)} ${message}`);
  }
  const { erasures } = value;
  if (erasures.length > PAGE_ERASURES) throw new NoErasuresPage(`more than ${PAGE_ERASURES} erasures in a page`);
  if (new Set(erasures.map(({ person }) => person)).size < erasures.length)
    throw new NoErasuresPage('a person stands twice in a page of its log of erasures');
  const late = erasures.find((erasure) => erasure.erased_at > now + MOST_DAYS_AHEAD * DAY_MS);
  if (late) {
    throw new NoErasuresPage(
      `erased_at of the person ${late.person} is ${formatInstant(late.erased_at)}, more than ${MOST_DAYS_AHEAD} days ahead of the clock ` +
        'here: set the clock that is wrong, and correct erased_at in the table erasures of that region',
    );
  }
  return value;
}
