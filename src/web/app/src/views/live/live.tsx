import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, number, oneDecimal, percent, t } from '../../language/language.js';
import { Skeleton } from '../../parts/states.js';
import { paused } from '../../shell/pause.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Bars } from './bars.js';
import { rateOf } from './bins.js';
import { type Live as LiveState, useLive } from './use-live.js';

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
        {value === undefined ? '–' : number(value)}
      </div>
      <div class="c">
        <b>{t('aSecond', { n: oneDecimal(rateOf(bins, word)) })}</b>
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
            <span>1 h</span>
          </div>
        </div>
      </section>
      <section class="card">
        <div class="row">
          <div>
            <h2>{t('votesTitle')}</h2>
            <p class="sub">{t('votesSub')}</p>
          </div>
          <div class="legend" aria-hidden="true">
            <span>
              <i style={{ background: 'var(--conversion)' }} />
              {t('cheers').toLowerCase()}
            </span>
            <span>
              <i style={{ background: 'var(--bad)' }} />
              {t('hate').toLowerCase()}
            </span>
          </div>
        </div>
        {bins.length === 0 ? <Skeleton height={250} /> : <Bars bins={bins} />}
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
