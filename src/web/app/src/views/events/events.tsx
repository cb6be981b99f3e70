import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventView } from '../../../../../events/application/answers/event.answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { EventDetails, EventWhat } from '../../parts/event-what.js';
import { Empty, Failed, Skeleton } from '../../parts/states.js';
import { parameter, viewAddress } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Export } from './export.js';
import { filterParameters, Filters } from './filters.js';
import { useWalk } from './use-walk.js';

const PER_PAGE = 50;

/** Shows who did what, newest first. */
export function Events() {
  const filters = filterParameters();
  const wanted = { ...filters, from: parameter('from'), to: parameter('to') };
  const walk = useWalk({ ...wanted, limit: PER_PAGE }, true);
  const { events, news, error, next, more, again } = walk;
  const filtered = Object.values(wanted).some((value) => value !== null);
  return (
    <>
      <Head title={t('events')}>
        <Export parameters={wanted} />
      </Head>
      <Filters />
      <div class="news" aria-live="polite">
        {news > 0 && (
          <button class="pill" onClick={again}>
            {t('newEvents', { n: number(news) })}
          </button>
        )}
      </div>
      {error !== null && <Failed error={error} again={again} />}
      {events === null ? (
        error === null && <Skeleton height={480} />
      ) : events.length === 0 ? (
        filtered ? (
          <section class="card state">
            <h2>{t('emptyFilter')}</h2>
            <p>{t('emptyFilterHow')}</p>
          </section>
        ) : (
          <Empty />
        )
      ) : (
        <section class="card flush">
          <EventTable events={events} />
          {next === null ? <p class="sub end">{t('endOfList')}</p> : <More more={more} of={next} />}
        </section>
      )}
    </>
  );
}

function EventTable({ events }: { events: readonly EventView[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t('events')}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('what')}</th>
            <th scope="col">{t('page')}</th>
            <th scope="col">{t('userId')}</th>
            <th scope="col">
              <span class="unseen">{t('details')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => {
            const key = `${event.event_type} ${event.event_id}`;
            return (
              <>
                <tr key={key}>
                  <td>{dateTime(event.occurred_at, zone())}</td>
                  <td>
                    <EventWhat event={event} />
                  </td>
                  <td class="long">{event.page_url}</td>
                  <td class="long">
                    {event.user_id !== null && (
                      <a href={viewAddress(`/dashboard/users/${encodeURIComponent(event.user_id)}`)}>{event.user_id}</a>
                    )}
                  </td>
                  <td class="n">
                    <button
                      class="plain"
                      aria-expanded={open === key}
                      aria-label={t('showDetails', { id: event.event_id })}
                      onClick={() => setOpen(open === key ? null : key)}
                    >
                      <span aria-hidden="true">{open === key ? '▾' : '▸'}</span>
                    </button>
                  </td>
                </tr>
                {open === key && (
                  <tr>
                    <td colSpan={5}>
                      <EventDetails event={event} />
                    </td>
                  </tr>
                )}
              </>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Loads on when it is scrolled to, and when it is pressed. @param of the cursor, so that each page has its own */
function More({ more, of }: { more: () => void; of: string }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && scrollY > 0 && more());
    observer.observe(button.current!);
    return () => observer.disconnect();
  }, [of]);
  return (
    <button ref={button} class="btn end" onClick={more}>
      {t('loadMore')}
    </button>
  );
}
