import { useEffect, useRef } from 'preact/hooks';
import { get, telemetry } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, oneDecimal, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { parseTelemetry, type Sample, sumOf } from './telemetry.js';

const EVERY_MS = 5_000;
const WORDS = { up: 'up_', down: 'down', off: 'off' } as const;

/** Whether anything is wrong, since when, and how much waits. */
export function System() {
  const health = useAnswer('health', (signal) => get('/health', {}, signal), EVERY_MS);
  const metrics = useAnswer('fresh', (signal) => get('/metrics', { period: '1h' }, signal), EVERY_MS);
  const figures = useAnswer('telemetry', async (signal) => parseTelemetry(await telemetry(signal)), EVERY_MS);
  const keys = useAnswer('keys', (signal) => get('/keys', {}, signal));
  const rate = useRate(figures.data?.get('monitoreo_events_total'));
  const { data } = metrics;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  const one = (name: string) => sumOf(figures.data?.get(name));
  return (
    <>
      <Head title={t('system')}>
        <FreshnessBadge />
      </Head>
      <section class="tiles" aria-label={t('system')}>
        {[
          [t('recording'), rate === null ? '–' : t('perSecond', { n: oneDecimal(rate) })],
          [t('memory'), figures.data ? `${number(Math.round(one('process_resident_memory_bytes') / 1e6))} MB` : '–'],
          [t('watching'), figures.data ? number(one('monitoreo_live_streams')) : '–'],
          [t('openLetters'), figures.data ? number(one('monitoreo_dead_letters_open')) : '–'],
        ].map(([word, value]) => (
          <div class="tile">
            <div class="k">{word}</div>
            <div class="v small">{value}</div>
          </div>
        ))}
      </section>
      <section class="cols two">
        <div class="card">
          <h2>{t('parts')}</h2>
          <Answered asked={health}>
            {({ components }) => (
              <Table
                label={t('parts')}
                columns={[{ title: t('part') }, { title: t('state') }, { title: t('why') }]}
                rows={Object.entries(components).map(([name, { status, reason }]) => [
                  name,
                  <span class="k">
                    <span class={`dot ${{ up: '', down: 'red', off: 'amber' }[status]}`} aria-hidden="true" />
                    {t(WORDS[status])}
                  </span>,
                  reason ?? '–',
                ])}
              />
            )}
          </Answered>
        </div>
        <div class="card">
          <h2>{t('topics')}</h2>
          <Answered asked={metrics}>
            {({ missing, complete, lag_ms }) =>
              complete ? (
                <p>
                  {t('upToDate')}
                  {lag_ms !== null && ` · ${t('lag', { ms: number(lag_ms) })}`}
                </p>
              ) : (
                <Table
                  label={t('topics')}
                  columns={[{ title: t('topic') }, { title: t('why') }]}
                  rows={missing.map((each) => [each.topic ?? '–', `${missingReason(each)}: ${each.detail}`])}
                />
              )
            }
          </Answered>
          <h2>{t('eventsByVerdict')}</h2>
          <Table
            label={t('eventsByVerdict')}
            columns={[{ title: t('what') }, { title: t('count'), numeric: true }]}
            rows={(figures.data?.get('monitoreo_events_total') ?? []).map(({ labels, value }) => [
              [labels['intake'], labels['verdict'], labels['reason']].filter(Boolean).join(' · '),
              number(value),
            ])}
          />
        </div>
      </section>
      <section class="card">
        <h2>{t('keys')}</h2>
        {keys.error?.status === 404 || keys.data?.keys.length === 0 ? (
          <p class="sub">{t('keysNone')}</p>
        ) : (
          <Answered asked={keys}>
            {({ keys: list }) => (
              <Table
                label={t('keys')}
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
      </section>
    </>
  );
}

/** Recorded a second since the figures before these; null before there are two. */
function useRate(samples: readonly Sample[] | undefined): number | null {
  const last = useRef<{ of: readonly Sample[]; count: number; at: number; rate: number | null } | null>(null);
  if (samples === undefined) return null;
  if (last.current?.of === samples) return last.current.rate;
  const count = sumOf(samples.filter(({ labels }) => labels['verdict'] === 'recorded'));
  const at = performance.now();
  const before = last.current;
  const rate = before === null ? null : Math.max(0, ((count - before.count) / (at - before.at)) * 1000);
  last.current = { of: samples, count, at, rate };
  return rate;
}
