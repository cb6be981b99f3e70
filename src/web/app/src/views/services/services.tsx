import type { NoUpstreamProblem } from '../../../../../consolidated/application/answers/no-upstream.answer.js';
import { get, type Source } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { clock, number, t, type Word } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { useSince } from '../../parts/use-since.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';

const EVERY_MS = 10_000;
const WELL = new Set(['healthy', 'ok', 'no_data']);

/** Each service that the orchestrator asks: how it is, since when, why, and what is served without it. */
export function Services() {
  const health = useAnswer('health', (signal) => get('/api/health/services', {}, signal), EVERY_MS);
  const summary = useAnswer('summary', (signal) => get('/api/dashboard/summary', {}, signal), EVERY_MS * 3);
  const since = useSince();
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
  // If no service answers, this is an error, which says the reason of each.
  const sources = summary.data?.sources ?? (summary.error?.body as Partial<NoUpstreamProblem> | null)?.sources ?? [];
  const unknown = summary.data === null && summary.error === null ? '…' : '–';
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
              stacked
              columns={[
                { title: t('service') },
                { title: t('state') },
                { title: t('since') },
                { title: t('why') },
                { title: t('servedWithout') },
                { title: t('took'), numeric: true },
              ]}
              rows={Object.entries(states).map(([name, state]) => {
                const source = sourceOf(name);
                return [
                  <span>
                    {t(`service_${name}` as Word)} <span class="under">{name}</span>
                  </span>,
                  <State state={state} />,
                  clock(since(name, state), zone()),
                  source?.detail ?? source?.reason ?? unknown,
                  source?.status !== 'error' ? '–' : t('servedLess', { what: t(`service_${name}` as Word) }),
                  source === undefined ? unknown : `${number(source.ms)} ms`,
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
