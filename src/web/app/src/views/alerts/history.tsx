import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import { dateTime, t } from '../../language/language.js';
import { conditionText, figureText, watchedText } from '../../parts/alerts/words.js';
import { Table } from '../../parts/table.js';
import { viewAddress } from '../../shell/address.js';
import { zone } from '../../shell/window.js';
import { AlertState, lastedText } from './state.js';

/** Shows alerts that were pending, that fired, and that are over. @param named with the names of the rules */
export function History({ label, alerts, named }: { label: string; alerts: readonly Alert[]; named: boolean }) {
  return (
    <Table
      label={label}
      stacked
      empty={t('historyNone')}
      columns={[
        { title: t('state') },
        ...(named ? [{ title: t('rule') }] : []),
        { title: t('value') },
        { title: t('beganAt') },
        { title: t('fired') },
        { title: t('lasted'), numeric: true },
      ]}
      rows={alerts.map((alert) => [
        <span>
          <AlertState alert={alert} />
        </span>,
        ...(named ? [<RuleOf alert={alert} />] : []),
        <span>
          {figureText(alert.rule, alert.value)} <span class="under">{conditionText(alert.rule)}</span>
        </span>,
        <time>{dateTime(alert.started_at, zone())}</time>,
        alert.fired_at === null ? t('neverFired') : <time>{dateTime(alert.fired_at, zone())}</time>,
        lastedText(alert),
      ])}
    />
  );
}

/** The rule as it was then. */
function RuleOf({ alert: { rule } }: { alert: Alert }) {
  return (
    <span class="long">
      <a href={viewAddress(`/dashboard/alerts/${rule.id}`)}>{rule.name}</a>{' '}
      <span class="under">{watchedText(rule)}</span>
    </span>
  );
}
