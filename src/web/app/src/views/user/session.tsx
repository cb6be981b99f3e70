import { useState } from 'preact/hooks';
import type { JourneyEvent, JourneySession } from '../../../../../journeys/application/answers/journey.answer.js';
import { getEvent } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, dateTime, money, number, span, t } from '../../language/language.js';
import { COLORS, EventDetails, EventWhat } from '../../parts/event-what.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { zone } from '../../shell/window.js';
import { placeIn } from './sessions.js';

/** Shorter ones are no gaps to look at. */
const SHOWN_GAP_MS = 30 * 60_000;

interface Of {
  readonly session: JourneySession;
  /** Since the end of what was before, milliseconds. */
  readonly gap: number;
}

/** Shows one visit: where it began, what was done, and where it ended. */
export function Session({ session, gap }: Of) {
  const { session_id, started_at, duration_ms, total_events, entry_page, exit_page, events } = session;
  return (
    <>
      {gap > SHOWN_GAP_MS && <p class="gap">{t('gap', { time: span(gap) })}</p>}
      <section class="card">
        <h2 class="long">{session_id === null ? t('noSession') : t('session', { id: session_id })}</h2>
        <p class="sub">
          {dateTime(started_at, zone())} · {t('duration', { time: span(duration_ms) })} ·{' '}
          {t('eventsCount', { n: number(total_events) })}
          {entry_page !== null && (
            <span class="long"> · {t('pageTo', { entry: entry_page, exit: exit_page ?? entry_page })}</span>
          )}
        </p>
        {duration_ms > 0 && <Strip session={session} />}
        <ol class="timeline">
          {events.map((event) => (
            <li key={`${event.event_type} ${event.event_id}`}>
              <Moment event={event} />
            </li>
          ))}
        </ol>
        {events.length < total_events && (
          <p class="sub half">{t('shownOf', { n: number(events.length), all: number(total_events) })}</p>
        )}
      </section>
    </>
  );
}

/** Marks where in the visit its events are. The list below says the same. */
function Strip({ session }: { session: JourneySession }) {
  return (
    <div class="strip" aria-hidden="true">
      {session.events.map(({ occurred_at, event_type }) => (
        <i style={{ left: `${placeIn(session, occurred_at) * 100}%`, background: `var(${COLORS[event_type]})` }} />
      ))}
    </div>
  );
}

function Moment({ event }: { event: JourneyEvent }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <time>{clock(event.occurred_at, zone())}</time>
        <EventWhat event={event} />
        <span class="long">{event.page_url}</span>
        {event.event_type === 'sale' && event.amount !== null && (
          <b class="money">{money(event.amount, event.currency ?? 'XXX')}</b>
        )}
      </summary>
      {open && <Everything event={event} />}
    </details>
  );
}

/** All fields of an event, asked for when somebody wants to see them. */
function Everything({ event: { event_id, event_type } }: { event: JourneyEvent }) {
  const whole = useAnswer(`${event_type} ${event_id}`, (signal) => getEvent(event_id, event_type, signal));
  return (
    <Answered asked={whole} skeleton={<Skeleton height={80} />}>
      {(known) => <EventDetails event={known} />}
    </Answered>
  );
}
