import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import { t } from '../../language/language.js';
import type { Metric } from '../../parts/alerts/kinds.js';
import { conditionText, figureText, watchedText } from '../../parts/alerts/words.js';
import { Sparkline } from '../../parts/sparkline.js';
import { Table } from '../../parts/table.js';
import { viewAddress } from '../../shell/address.js';
import { courseOf, type Days, limitOf, useDays } from './courses.js';
import { RuleState } from './state.js';

const COLORS: Readonly<Partial<Record<Metric, string>>> = {
  total_clicks: '--click',
  total_conversions: '--conversion',
  total_sales: '--sale',
  revenue: '--sale',
};
export const colorOf = (metric: Metric): string => COLORS[metric] ?? '--text';

/** @param open alerts that are not resolved */
export function RuleList({ rules, open }: { rules: readonly AlertRuleView[]; open: readonly Alert[] }) {
  const days = useDays(rules).data ?? NO_DAYS;
  return (
    <Table
      label={t('rules')}
      stacked
      columns={[
        { title: t('rule') },
        { title: t('state') },
        { title: t('lastDay') },
        { title: t('told') },
        { title: t('figureNow'), numeric: true },
      ]}
      rows={rules.map((rule) => [
        <span class="long">
          <a href={viewAddress(`/dashboard/alerts/${rule.id}`)}>{rule.name}</a>{' '}
          <span class="under">
            {watchedText(rule)} {conditionText(rule)}
          </span>
        </span>,
        <span>
          <RuleState rule={rule} open={open.find((alert) => alert.rule.id === rule.id)} />
        </span>,
        <LastDay rule={rule} days={days} />,
        <span class="host">{rule.webhook_host ?? '–'}</span>,
        figureText(rule, rule.value),
      ])}
    />
  );
}

const NO_DAYS: Days = new Map();

/** Its place is kept until it is there. */
function LastDay({ rule, days }: { rule: AlertRuleView; days: Days }) {
  const course = courseOf(rule, days);
  return (
    <span class="spark">
      {course === null ? '–' : <Sparkline {...course} color={colorOf(rule.metric)} limit={limitOf(rule)} />}
    </span>
  );
}
