import type { NoUpstreamProblem } from '../../../../../consolidated/application/answers/no-upstream.answer.js';
import { useRef } from 'preact/hooks';
import { get, type Source } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';

const EVERY_MS = 10_000;
const WELL = new Set(['healthy', 'ok', 'no_data']);

/** Each service that the orchestrator asks: how it is, since when, why, and what is served without it. */
export function Services() {
  const health = useAnswer('health', (signal) => get('/api/health/services', {}, signal), EVERY_MS);
  const summary = useAnswer('summary', (signal) => get('/api/dashboard/summary', {}, signal), EVERY_MS * 3);
  const since = useRef(new Map<string, { state: string; at: number }>());
  const seenSince = (name: string, state: string): number => {
    const known = since.current.get(name);
    if (known?.state === state) return known.at;
    const at = Date.now();
    since.current.set(name, { state, at });
    return at;
  };
  if (health.error?.status === 404) {
    return (
      <>
        <Head title={t('services')} />
        <section class="card state">
          <p>{t('servicesNone')}</p>
        </section>
      </>
    );
  }
  // Where none answers that is an error, which says why of each.
  const sources = summary.data?.sources ?? (summary.error?.body as Partial<NoUpstreamProblem> | null)?.sources ?? [];
  const sourceOf = (name: string): Source | undefined => sources.find((one) => one.name === name);
  return (
    <>
      <Head title={t('services')} />
      <Answered asked={health}>
        {(states) => (
          <section class="card">
            <p class="sub">{t('servicesSub')}</p>
            <Table
              label={t('services')}
              columns={[
                { title: t('service') },
                { title: t('gives') },
                { title: t('state') },
                { title: t('since') },
                { title: t('why') },
                { title: t('servedWithout') },
                { title: t('took'), numeric: true },
              ]}
              rows={Object.entries(states).map(([name, state]) => {
                const source = sourceOf(name);
                return [
                  name,
                  source?.gives ?? '–',
                  <State state={state} />,
                  t('sinceSeen', { time: clock(seenSince(name, state), zone()) }),
                  source?.detail ?? source?.reason ?? '–',
                  source === undefined ? '–' : source.status === 'error' ? source.gives : t('nothingMissing'),
                  source === undefined ? '–' : `${number(source.ms)} ms`,
                ];
              })}
            />
          </section>
        )}
      </Answered>
    </>
  );
}

function State({ state }: { state: string }) {
  const word = state === 'healthy' || state === 'unhealthy' || state === 'timeout' ? t(state) : state;
  return (
    <span class="k">
      <span class={WELL.has(state) ? 'dot' : 'dot red'} aria-hidden="true" />
      {word}
    </span>
  );
}
