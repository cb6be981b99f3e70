import type { Retention } from '../../../../../funnels/application/answers/retention.answer.js';
import { dayMonth, number, t, wholePercent } from '../../language/language.js';
import { Explained } from '../../parts/explained.js';
import { largestShare, returnedAfter, shadeOf, sinceFirst } from './returns.js';

const SUBS = { day: 'cohortsSub_day', week: 'cohortsSub_week' } as const;
const LATER = { day: 'later_day', week: 'later_week' } as const;

interface Of {
  readonly retention: Retention;
  readonly shown: 'shares' | 'users';
}

/** Cohorts below each other; it is its own table. */
export function Grid({ retention: { cohorts: all, interval, tz }, shown }: Of) {
  const cohorts = sinceFirst(all);
  const laters = (cohorts[0]?.returns ?? []).map((back) => back.interval);
  const most = largestShare(cohorts);
  const cell = (users: number | null, share: number | null) => {
    if (users === null || share === null) {
      return (
        <td class="n runs">
          <span aria-hidden="true">·</span>
          <span class="unseen">{t('stillRuns')}</span>
        </td>
      );
    }
    const background = `color-mix(in srgb, var(--accent) ${shadeOf(share, most)}%, var(--panel))`;
    return (
      <td class="n" style={{ background }}>
        {shown === 'users' ? number(users) : wholePercent(share / 100)}
      </td>
    );
  };
  return (
    <>
      <h2>{t('cohorts')}</h2>
      <p class="sub">
        {t(SUBS[interval])} {cohorts.length < all.length && t('nobodyBefore')}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('cohorts')}>
        <table class="cohorts">
          <thead>
            <tr>
              <th scope="col">{t('cohort')}</th>
              <th scope="col" class="n">
                {t('byUsers')}
              </th>
              {laters.map((later) => (
                <th scope="col" class="n">
                  <span aria-hidden="true">+{later}</span>
                  <span class="unseen">{t(LATER[interval], { n: later })}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr class="all">
              <th scope="row">
                <Explained meaning={t('cameBackMeaning')}>{t('allCohorts')}</Explained>
              </th>
              <td class="n">{number(cohorts.reduce((sum, { users }) => sum + users, 0))}</td>
              {laters.map((later) => {
                const { users, of, share } = returnedAfter(cohorts, later);
                return cell(of === 0 ? null : users, share);
              })}
            </tr>
            {cohorts.map(({ time, users, returns }) => (
              <tr>
                <th scope="row">{dayMonth(time, tz)}</th>
                <td class="n">{number(users)}</td>
                {returns.map((back) => (users === 0 ? <td class="n runs" /> : cell(back.users, back.share)))}
                {laters.slice(returns.length).map(() => (
                  <td />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
