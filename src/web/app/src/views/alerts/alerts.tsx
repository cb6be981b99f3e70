import { useState } from 'preact/hooks';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Answered, Empty, Skeleton } from '../../parts/states.js';
import { go, parameter, viewAddress, withParameters } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { mayOperate } from '../../shell/sign-in.js';
import { History } from './history.js';
import { NewRule } from './new-rule.js';
import { OneRule } from './one-rule.js';
import { RuleList } from './rule-list.js';

/** The view asks again after this time, because rules are judged every 15 s. */
const EVERY_MS = 10_000;
const PER_PAGE = 50;
const MOST = 1_000;
const STATES = ['firing', 'pending', 'resolved'] as const;
const ONE_RULE = `curl -X POST ${location.origin}/alerts/rules -H 'Content-Type: application/json' -d '{"name":"the rate falls","metric":"conversion_rate","period":"1h","condition":"below","threshold":5,"for_minutes":5}'`;

/** Shows the rules, the alerts that fire, and those that have fired. */
export function Alerts({ rest }: { rest: string }) {
  if (rest === 'new') return <NewRule />;
  return rest === '' ? <Overview /> : <OneRule id={rest} />;
}

function Overview() {
  const rules = useAnswer('rules', (signal) => get('/alerts/rules', {}, signal), EVERY_MS);
  const open = useOpenAlerts();
  return (
    <>
      <Head title={t('alerts')}>
        {mayOperate() && (
          <a class="btn primary" href={viewAddress('/dashboard/alerts/new')}>
            {t('newRule')}
          </a>
        )}
      </Head>
      <Answered asked={rules} skeleton={<Skeleton height={220} />}>
        {({ rules: list }) =>
          list.length === 0 ? (
            <Empty how={t('noRulesHow')} line={ONE_RULE} />
          ) : (
            <section class="card">
              <h2>{t('rules')}</h2>
              <RuleList rules={list} open={open} />
            </section>
          )
        }
      </Answered>
      {(rules.data !== null || rules.error === null) && <Told />}
    </>
  );
}

/** Pending and firing ones. */
function useOpenAlerts() {
  const ask = async (signal: AbortSignal) => {
    const [firing, pending] = await Promise.all(
      ['firing', 'pending'].map((state) => get('/alerts', { state, limit: MOST }, signal)),
    );
    return [...firing!.alerts, ...pending!.alerts];
  };
  return useAnswer('open', ask, EVERY_MS).data ?? [];
}

/** The newest; more are asked for by more at once, so that what is shown stays what it is now. */
function Told() {
  const state = STATES.find((one) => one === parameter('state')) ?? null;
  const [limit, setLimit] = useState(PER_PAGE);
  const wanted = { state, limit };
  const alerts = useAnswer(JSON.stringify(wanted), (signal) => get('/alerts', wanted, signal), EVERY_MS);
  return (
    <section class="card">
      <div class="row">
        <div>
          <h2>{t('history')}</h2>
          <p class="sub">{t('historySub')}</p>
        </div>
        <span class="seg" role="group" aria-label={t('state')}>
          {[null, ...STATES].map((one) => (
            <button aria-pressed={state === one} onClick={() => go(withParameters({ state: one }))}>
              {one === null ? t('anyState') : t(`alert_${one}`)}
            </button>
          ))}
        </span>
      </div>
      <Answered asked={alerts} skeleton={<Skeleton height={200} />}>
        {({ alerts: list, next_cursor }) => (
          <>
            <History label={t('history')} alerts={list} named />
            {next_cursor !== null && limit < MOST && (
              <button class="btn end" onClick={() => setLimit(Math.min(MOST, limit * 2))}>
                {t('loadMore')}
              </button>
            )}
            {list.length > PER_PAGE && next_cursor === null && <p class="sub end">{t('endOfList')}</p>}
          </>
        )}
      </Answered>
    </section>
  );
}
