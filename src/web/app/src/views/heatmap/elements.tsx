import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import type { Asked } from '../../api/use-answer.js';
import { number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';

const SHOWN = 12;

type Element = NonNullable<HeatmapSummary['elements']>[number];

/** Lists the elements that were hit most. @param vanished elements that the page no longer has, as far as we can look */
export function Elements({ asked, vanished }: { asked: Asked<HeatmapSummary>; vanished: readonly Element[] }) {
  return (
    <div class="card">
      <h2>{t('topElements')}</h2>
      <Answered asked={asked}>{(details) => <Hit details={details} vanished={vanished} />}</Answered>
    </div>
  );
}

function Hit({ details, vanished }: { details: HeatmapSummary; vanished: readonly Element[] }) {
  const elements = details.elements ?? [];
  const more = elements.slice(SHOWN);
  const rest = details.rest_of_elements ?? { elements: 0, clicks: 0 };
  const left = more.length + rest.elements;
  const leftClicks = more.reduce((sum, { clicks }) => sum + clicks, rest.clicks);
  return (
    <>
      <Table
        label={t('topElements')}
        empty={t('elementsNone')}
        columns={[{ title: t('element') }, { title: t('clicks'), numeric: true }]}
        rows={elements.slice(0, SHOWN).map((element) => [
          <span class="long">
            {element.selector}
            {vanished.includes(element) && <span class="under">{t('elementGone')}</span>}
          </span>,
          number(element.clicks),
        ])}
      />
      {left > 0 && <p class="sub none">{t('moreElements', { n: number(left), clicks: number(leftClicks) })}</p>}
    </>
  );
}
