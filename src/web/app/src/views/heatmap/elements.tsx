import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { number, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';

const SHOWN = 12;

type Element = NonNullable<HeatmapSummary['elements']>[number];

/** What was hit most. @param gone those that the page no longer has, as far as we can look */
export function Elements({ summary, gone }: { summary: HeatmapSummary; gone: readonly Element[] }) {
  const elements = summary.elements ?? [];
  const more = elements.slice(SHOWN);
  const left = {
    elements: more.length + (summary.rest_of_elements?.elements ?? 0),
    clicks: more.reduce((sum, { clicks }) => sum + clicks, 0) + (summary.rest_of_elements?.clicks ?? 0),
  };
  return (
    <div class="card">
      <h2>{t('topElements')}</h2>
      <Table
        label={t('topElements')}
        empty={t('elementsNone')}
        columns={[{ title: t('element') }, { title: t('clicks'), numeric: true }]}
        rows={elements.slice(0, SHOWN).map((element) => [
          <span class="long">
            {element.selector}
            {gone.includes(element) && <span class="under">{t('elementGone')}</span>}
          </span>,
          number(element.clicks),
        ])}
      />
      {left.elements > 0 && (
        <p class="sub none">{t('moreElements', { n: number(left.elements), clicks: number(left.clicks) })}</p>
      )}
    </div>
  );
}
