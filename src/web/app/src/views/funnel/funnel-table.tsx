import type { Funnel } from '../../../../../funnels/application/answers/funnel.answer.js';
import { number, percent, span, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { KIND_WORDS } from './step-editor.js';
import { readSteps, type Step } from './steps.js';

const NONE: Step = { kind: 'click', value: '' };

const orNone = <T,>(value: T | null, text: (value: T) => string): string => (value === null ? '–' : text(value));

/** All figures of the funnel. */
export function FunnelTable({ funnel: { steps, comparison } }: { funnel: Funnel }) {
  const names = readSteps(steps.map(({ step }) => step).join(','));
  const before = comparison?.steps;
  return (
    <details class="behind">
      <summary>{t('wholeTable')}</summary>
      <Table
        label={t('steps')}
        stacked
        columns={[
          { title: t('step') },
          { title: t('count'), numeric: true },
          { title: t('fromPrevious'), numeric: true },
          { title: t('fromFirst'), numeric: true },
          { title: t('median'), numeric: true },
          { title: t('p90'), numeric: true },
          ...(before
            ? [
                { title: t('countBefore'), numeric: true },
                { title: t('rateBefore'), numeric: true },
              ]
            : []),
        ]}
        rows={steps.map(({ count, rate_from_previous, rate_from_first, median_ms, p90_ms }, at) => {
          const { kind, value } = names[at] ?? NONE;
          const earlier = before?.[at];
          return [
            <span class="long">{[t(KIND_WORDS[kind]), value].filter(Boolean).join(' · ')}</span>,
            number(count),
            orNone(rate_from_previous, percent),
            orNone(rate_from_first, percent),
            orNone(median_ms, span),
            orNone(p90_ms, span),
            ...(earlier ? [number(earlier.count), orNone(earlier.rate_from_first, percent)] : []),
          ];
        })}
      />
    </details>
  );
}
