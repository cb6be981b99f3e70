import { get } from '../../api/client.js';
import type { Report } from '../../api/reports.js';
import { useAnswer } from '../../api/use-answer.js';
import { number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { BarCell, Table } from '../../parts/table.js';
import { TopPagesTable } from '../../parts/top-pages.js';

/** So many of each fit on the sheet. */
const MOST = 6;

/** Breaks the clicks and conversions of a report down. These are counted from the events, so it may take a while, or be refused. */
export function Parts({ window: { from, to } }: { window: Report['window'] }) {
  const question = JSON.stringify([from, to]);
  const pages = useAnswer(question, (signal) => get('/metrics/pages', { from, to, limit: MOST }, signal));
  const more = useAnswer(question, (signal) => get('/metrics', { from, to, include: 'types' }, signal));
  return (
    <section class="cols two">
      <div class="card">
        <h2>{t('topPages')}</h2>
        <Answered asked={pages}>{(answer) => <TopPagesTable pages={answer.pages} />}</Answered>
      </div>
      <div class="card">
        <h2>{t('conversionTypes')}</h2>
        <Answered asked={more}>
          {({ types }) => (
            <Table
              label={t('conversionTypes')}
              empty={t('noConversions')}
              columns={[{ title: t('type') }, { title: t('count'), numeric: true }]}
              rows={(types?.types ?? [])
                .slice(0, MOST)
                .map(({ conversion_type, conversions }, _, all) => [
                  <BarCell part={conversions / (all[0]?.conversions || 1)}>{conversion_type ?? t('untyped')}</BarCell>,
                  number(conversions),
                ])}
            />
          )}
        </Answered>
      </div>
    </section>
  );
}
