import type { Retention } from '../../../../../funnels/application/answers/retention.answer.js';
import { dayMonth, number, percent, t } from '../../language/language.js';
import { Explained } from '../../parts/explained.js';
import { returnedAfter } from './returns.js';

/** So many intervals later are looked at. */
const LATER: Readonly<Record<Retention['interval'], readonly number[]>> = { day: [1, 7, 14], week: [1, 4, 8] };
const WORDS = {
  day: { one: 'cameBack_day1', many: 'cameBack_day' },
  week: { one: 'cameBack_week1', many: 'cameBack_week' },
} as const;

/** How many are new, and how many of them came back. */
export function RetentionTiles({ retention: { cohorts, interval, tz } }: { retention: Retention }) {
  const users = cohorts.reduce((sum, cohort) => sum + cohort.users, 0);
  return (
    <section class="tiles" aria-label={t('retention')}>
      <div class="tile low">
        <div class="k">
          <Explained meaning={t('newUsersMeaning')}>{t('newUsers')}</Explained>
        </div>
        <div class="v" data-figure="users">
          {number(users)}
        </div>
        <span class="c">{days(cohorts, tz)}</span>
      </div>
      {LATER[interval].map((later) => {
        const { users: back, of, share } = returnedAfter(cohorts, later);
        const { one, many } = WORDS[interval];
        return (
          <div class="tile low">
            <div class="k">
              <Explained meaning={t('cameBackMeaning')}>{later === 1 ? t(one) : t(many, { n: later })}</Explained>
            </div>
            <div class="v" data-figure={`after-${later}`}>
              {share === null ? '–' : percent(share)}
            </div>
            <span class="c">
              {share === null ? t('notYet') : t('ofCohorts', { n: number(back), users: number(of) })}
            </span>
          </div>
        );
      })}
    </section>
  );
}

/** These are whole intervals, from the first to the last one. */
function days(cohorts: Retention['cohorts'], tz: string): string {
  const [first, last] = [cohorts[0], cohorts.at(-1)];
  return first && last ? `${dayMonth(first.time, tz)} – ${dayMonth(last.time, tz)}` : '';
}
