import { useEffect, useRef } from 'preact/hooks';
import { get, telemetry } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, dateTime, number, t } from '../../language/language.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { useSince } from '../../parts/use-since.js';
import { freshness, FreshnessBadge } from '../../shell/freshness.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Courses, rateText } from './courses.js';
import { type Moment, withMoment } from './history.js';
import { Regions } from './regions.js';
import { parseTelemetry, type Sample, sumOf } from './telemetry.js';
import { Topics } from './topics.js';

const EVERY_MS = 5_000;
const WORDS = { up: 'up_', down: 'down_', off: 'off' } as const;
const DOTS = { up: 'dot', down: 'dot red', off: 'dot amber' } as const;

/** Whether anything is wrong, since when, and how much waits. */
export function System() {
  const health = useAnswer('health', (signal) => get('/health', {}, signal), EVERY_MS);
  const metrics = useAnswer('fresh', (signal) => get('/metrics', { period: '1h' }, signal), EVERY_MS);
  const figures = useAnswer('telemetry', async (signal) => parseTelemetry(await telemetry(signal)), EVERY_MS);
  const history = useHistory(figures.data);
  const since = useSince();
  const { data } = metrics;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  const one = (name: string) => sumOf(figures.data?.get(name));
  const rate = history.at(-1)?.rate ?? null;
  return (
    <>
      <Head title={t('system')}>
        <FreshnessBadge />
      </Head>
      <section class="tiles" aria-label={t('system')}>
        {[
          [t('recording'), rate === null ? '–' : rateText(rate)],
          [t('memory'), figures.data ? `${number(Math.round(one('process_resident_memory_bytes') / 1e6))} MB` : '–'],
          [t('watching'), figures.data ? number(one('monitoreo_live_streams')) : '–'],
          [t('openLetters'), figures.data ? number(one('monitoreo_dead_letters_open')) : '–'],
        ].map(([word, value]) => (
          <div class="tile low">
            <div class="k">{word}</div>
            <div class="v small">{value}</div>
          </div>
        ))}
      </section>
      <Courses history={history} />
      <section class="cols two">
        <div class="card">
          <h2>{t('parts')}</h2>
          <Answered asked={health}>
            {({ components }) => (
              <Table
                label={t('parts')}
                stacked
                columns={[{ title: t('part') }, { title: t('state') }, { title: t('since') }, { title: t('why') }]}
                rows={Object.entries(components).map(([name, { status, reason }]) => [
                  name,
                  <span class="k">
                    <span class={DOTS[status]} aria-hidden="true" />
                    {t(WORDS[status])}
                  </span>,
                  clock(since(name, status), zone()),
                  reason ?? '–',
                ])}
              />
            )}
          </Answered>
        </div>
        <div class="card">
          <h2>{t('topics')}</h2>
          <Answered asked={figures} skeleton={<Skeleton height={120} />}>
            {(known) => <Topics figures={known} missing={data?.missing ?? []} />}
          </Answered>
        </div>
        <div class="card">
          <h2>{t('eventsByVerdict')}</h2>
          <Answered asked={figures} skeleton={<Skeleton height={80} />}>
            {(known) => <Outcomes events={known.get('monitoreo_events_total') ?? []} />}
          </Answered>
        </div>
        <Keys />
      </section>
      <Regions />
    </>
  );
}

function Outcomes({ events }: { events: readonly Sample[] }) {
  return (
    <Table
      label={t('eventsByVerdict')}
      empty={t('noOutcomes')}
      columns={[{ title: t('what') }, { title: t('count'), numeric: true }]}
      rows={events.map(({ labels, value }) => [
        [labels['intake'], labels['verdict'], labels['reason']].filter(Boolean).join(' · '),
        number(value),
      ])}
    />
  );
}

function Keys() {
  const keys = useAnswer('keys', (signal) => get('/keys', {}, signal));
  return (
    <div class="card">
      <h2>{t('keys')}</h2>
      {keys.error?.status === 404 ? (
        <p class="sub none">{t('keysNone')}</p>
      ) : (
        <Answered asked={keys}>
          {({ keys: list }) => (
            <Table
              label={t('keys')}
              stacked
              empty={t('keysNone')}
              columns={[{ title: t('name') }, { title: t('role') }, { title: t('key') }, { title: t('lastUsed') }]}
              rows={list.map(({ name, role, prefix, last_used }) => [
                name,
                role,
                <code>{prefix}…</code>,
                last_used === null ? t('never') : dateTime(last_used, zone()),
              ])}
            />
          )}
        </Answered>
      )}
    </div>
  );
}

/** The figures since this page was opened. The same figures make no new moment. */
function useHistory(figures: ReadonlyMap<string, readonly Sample[]> | null): readonly Moment[] {
  const kept = useRef<{ of: unknown; history: readonly Moment[] }>({ of: null, history: [] });
  if (figures !== null && kept.current.of !== figures) {
    kept.current = { of: figures, history: withMoment(kept.current.history, figures, Date.now()) };
  }
  return kept.current.history;
}
