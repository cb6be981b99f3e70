import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { figureText, metricText, windowText } from '../../parts/alerts/words.js';
import { LineChart } from '../../parts/charts/line-chart.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { zone } from '../../shell/window.js';
import { type Course, courseOf, limitOf, useDays } from './courses.js';
import { colorOf } from './rule-list.js';

const HEIGHT = 180;
const WITH_TABLE = 212;

/** Shows the figure that a rule watches over the last 24 hours, and its threshold. */
export function RuleCourse({ rule }: { rule: AlertRuleView }) {
  const days = useDays([rule]);
  return (
    <section class="card">
      <h2>{t('courseOf', { what: metricText(rule) })}</h2>
      <Answered asked={days} skeleton={<Skeleton height={WITH_TABLE} />}>
        {(known) => {
          const course = courseOf(rule, known);
          return course === null ? (
            <p class="sub none">{t('noCourse')}</p>
          ) : (
            <Drawn rule={rule} course={course} limit={limitOf(rule)} />
          );
        }}
      </Answered>
    </section>
  );
}

function Drawn({ rule, course, limit }: { rule: AlertRuleView; course: Course; limit: number | null }) {
  const { times, values } = course;
  const text = (value: number) => figureText(rule, value);
  const label = metricText(rule);
  const whole = rule.metric.startsWith('total_');
  const line = { label, color: colorOf(rule.metric), values, text };
  const dashed = { label: t('limit'), color: '--warn', values: times.map(() => limit), text, dashed: true };
  return (
    <>
      <p class="sub">
        {t('courseSub', { window: windowText(rule.period) })}
        {limit !== null && ` · ${t('courseLimit')}`}
      </p>
      <LineChart
        times={times}
        lines={limit === null ? [line] : [dashed, line]}
        zone={zone()}
        height={HEIGHT}
        whole={whole}
        fills
        leftText={(value) => (rule.metric === 'conversion_rate' ? `${number(value)} %` : number(value))}
      />
      <details class="behind">
        <summary>{t('chartTable')}</summary>
        <Table
          label={t('courseOf', { what: label })}
          columns={[{ title: t('time') }, { title: label, numeric: true }]}
          rows={times.map((time, at) => [dateTime(time, zone()), figureText(rule, values[at] ?? null)]).reverse()}
        />
      </details>
    </>
  );
}
