import type { JourneySummary } from '../../../../../journeys/application/answers/journey.answer.js';
import { dateTime, money, number, t } from '../../language/language.js';
import { zone } from '../../shell/window.js';

/** All that is known of a person, in figures. */
export function Summary({ summary }: { summary: JourneySummary }) {
  const { first_seen, last_seen, revenue } = summary;
  const when = (time: string | null) => (time === null ? '–' : dateTime(time, zone()));
  const figures = [
    ['first_seen', t('firstSeen'), when(first_seen)],
    ['last_seen', t('lastSeen'), when(last_seen)],
    ['total_sessions', t('sessions'), number(summary.total_sessions)],
    ['total_events', t('events'), number(summary.total_events)],
    ['total_clicks', t('clicks'), number(summary.total_clicks)],
    ['total_views', t('pageViews'), number(summary.total_views)],
    ['total_conversions', t('conversions'), number(summary.total_conversions)],
    ['total_sales', t('sales'), number(summary.total_sales)],
  ] as const;
  return (
    <section class="card">
      <div class="facts">
        {figures.map(([figure, word, value]) => (
          <div>
            <div class="k">{word}</div>
            <div class="v" data-figure={figure}>
              {value}
            </div>
            {figure === 'total_sales' && revenue.length > 0 && (
              <div class="money">{revenue.map(({ amount, currency }) => money(amount, currency)).join(' · ')}</div>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}
