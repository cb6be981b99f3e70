import { dateTime, clock, money, number, span, t } from '../../language/language.js';
import { EventDetails, EventWhat } from '../../parts/event-what.js';
import { Failed, Skeleton } from '../../parts/states.js';
import { viewAddress } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { useWalk } from '../events/use-walk.js';
import { gapBetween, lengthOf, sessionsOf } from './sessions.js';

const PER_PAGE = 200;
/** Shorter ones are no gaps to look at. */
const SHOWN_GAP_MS = 30 * 60_000;

/** What one person did, in which order. */
export function User({ rest: user }: { rest: string }) {
  const { events, error, next, more, again } = useWalk({ user_id: user, order: 'asc', limit: PER_PAGE }, false);
  const sessions = sessionsOf(events ?? []);
  const [first, last] = [events?.[0], events?.at(-1)];
  return (
    <>
      <Head title={t('user')}>
        <code class="long">{user}</code>
      </Head>
      {error !== null && <Failed error={error} again={again} />}
      {events === null && error === null && <Skeleton height={400} />}
      {events?.length === 0 && (
        <section class="card state">
          <h2>{t('emptyUser')}</h2>
          <p>{t('emptyUserHow')}</p>
          <a class="btn" href={viewAddress('/dashboard/events')}>
            {t('toEvents')}
          </a>
        </section>
      )}
      {first !== undefined && last !== undefined && (
        <section class="card facts">
          {[
            [t('firstSeen'), dateTime(first.occurred_at, zone())],
            [t('lastSeen'), dateTime(last.occurred_at, zone())],
            [t('sessions'), number(sessions.length)],
            [t('events'), number(events!.length) + (next === null ? '' : '+')],
          ].map(([word, value]) => (
            <div>
              <div class="k">{word}</div>
              <div class="v">{value}</div>
            </div>
          ))}
        </section>
      )}
      {sessions.map((session, index) => {
        const before = sessions[index - 1];
        const gap = before === undefined ? 0 : gapBetween(before, session);
        return (
          <>
            {gap > SHOWN_GAP_MS && <p class="gap">{t('gap', { time: span(gap) })}</p>}
            <section class="card">
              <h2>{session.id === null ? t('noSession') : t('session', { id: session.id })}</h2>
              <p class="sub">
                {dateTime(session.events[0]!.occurred_at, zone())} · {t('duration', { time: span(lengthOf(session)) })}{' '}
                · {t('eventsCount', { n: number(session.events.length) })}
              </p>
              <ol class="timeline">
                {session.events.map((event) => (
                  <li>
                    <details>
                      <summary>
                        <time>{clock(event.occurred_at, zone())}</time>
                        <EventWhat event={event} />
                        <span class="long">{event.page_url}</span>
                        {event.event_type === 'sale' && event.amount !== null && (
                          <b class="money">{money(event.amount, event.currency ?? 'XXX')}</b>
                        )}
                      </summary>
                      <EventDetails event={event} />
                    </details>
                  </li>
                ))}
              </ol>
            </section>
          </>
        );
      })}
      {next !== null && (
        <button class="btn end" onClick={more}>
          {t('loadMore')}
        </button>
      )}
    </>
  );
}
