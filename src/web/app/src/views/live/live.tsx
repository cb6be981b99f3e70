import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, number, oneDecimal, percent, t } from '../../language/language.js';
import { LineChart } from '../../parts/charts/line-chart.js';
import { Legend } from '../../parts/charts/readout.js';
import { Skeleton } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { paused } from '../../shell/pause.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Bars } from './bars.js';
import { rateOf, type Watched } from './bins.js';
import { type Live as LiveState, useLive } from './use-live.js';

const ACTIVITY = [
  ['clicks', '--click'],
  ['conversions', '--conversion'],
  ['sales', '--sale'],
] as const;
const ACTIVITY_HEIGHT = 160;

/** It moves when a crowd presses. */
export function Live() {
  const live = useLive();
  const hour = useAnswer('hour', (signal) => get('/metrics', { period: '1h' }, signal), 5_000);
  const { bins, totals } = live;
  const tile = (word: 'cheers' | 'hate' | 'clicks', value: number | undefined, color: string) => (
    <div class="tile">
      <div class="k">
        <i style={{ background: `var(${color})` }} aria-hidden="true" />
        {t(word)}
      </div>
      <div class="v" data-figure={word}>
        {value === undefined || live.at === null ? '–' : number(value)}
      </div>
      <div class="c">
        <b>{live.at === null ? '–' : t('aSecond', { n: oneDecimal(rateOf(bins, word)) })}</b>
        <span>{t('lastMinute')}</span>
      </div>
    </div>
  );
  return (
    <>
      <Head title={t('live')}>
        <ConnectionState live={live} />
        <button class="btn" aria-pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
          {paused.value ? t('resume') : t('pause')}
        </button>
      </Head>
      <section class="tiles" aria-label={t('live')}>
        {tile('cheers', totals.cheers, '--conversion')}
        {tile('hate', totals.hate, '--bad')}
        {tile('clicks', hour.data?.total_clicks, '--click')}
        <div class="tile">
          <div class="k">{t('rate')}</div>
          <div class="v">{hour.data ? percent(hour.data.conversion_rate ?? 0) : '–'}</div>
          <div class="c">
            <span>{t('lastHour')}</span>
          </div>
        </div>
      </section>
      <section class="card">
        <div class="row">
          <div>
            <h2>{t('votesTitle')}</h2>
            <p class="sub">{t('votesSub')}</p>
          </div>
          <Legend
            of={[
              { label: t('cheers').toLowerCase(), color: 'var(--conversion)' },
              { label: t('hate').toLowerCase(), color: 'var(--bad)' },
            ]}
          />
        </div>
        {bins.length === 0 ? <Skeleton height={240} /> : <Bars bins={bins} />}
        <Behind label={t('votesTitle')} bins={bins} words={['cheers', 'hate']} />
      </section>
      <section class="card">
        <div class="row">
          <div>
            <h2>{t('chartTitle')}</h2>
            <p class="sub">{t('activitySub')}</p>
          </div>
          <Legend of={ACTIVITY.map(([word, color]) => ({ label: t(word).toLowerCase(), color: `var(${color})` }))} />
        </div>
        {bins.length === 0 ? <Skeleton height={ACTIVITY_HEIGHT} /> : <Activity bins={bins} />}
        <Behind label={t('chartTitle')} bins={bins} words={['clicks', 'conversions', 'sales']} />
      </section>
      <section class="card">
        <h2>{t('pressAlong')}</h2>
        <p class="sub">
          {t('pressOpen')} <a href="/clicker">{`${location.origin}/clicker`}</a>
        </p>
      </section>
    </>
  );
}

/** It covers the same two seconds as the bars above it. */
function Activity({ bins }: Pick<Watched, 'bins'>) {
  return (
    <LineChart
      times={bins.map(({ time }) => Date.parse(time))}
      lines={ACTIVITY.map(([word, color]) => ({
        label: t(word),
        color,
        values: bins.map((bin) => bin[word]),
        text: number,
      }))}
      zone={zone()}
      height={ACTIVITY_HEIGHT}
      fills
      leftText={number}
    />
  );
}

type Counted = 'cheers' | 'hate' | 'clicks' | 'conversions' | 'sales';

function Behind({ label, bins, words }: { label: string; bins: Watched['bins']; words: readonly Counted[] }) {
  return (
    <details class="behind">
      <summary>{t('chartTable')}</summary>
      <Table
        label={label}
        columns={[{ title: t('time') }, ...words.map((word) => ({ title: t(word), numeric: true }))]}
        rows={[...bins].reverse().map((bin) => [clock(bin.time, zone()), ...words.map((word) => number(bin[word]))])}
      />
    </details>
  );
}

function ConnectionState({ live: { connection, at } }: { live: LiveState }) {
  const well = connection === 'connected';
  return (
    <span class="fresh" role="status">
      <span class={well ? 'dot' : 'dot amber'} aria-hidden="true" />
      <span data-connection={connection}>
        {well ? t(connection) : <b class="warn">{t(connection)}</b>}
        {' · '}
        {t('bin')}
        <span aria-hidden="true">{at === null ? '' : ` · ${clock(at, zone())}`}</span>
      </span>
    </span>
  );
}
