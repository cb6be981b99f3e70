import type { ComponentChildren } from 'preact';
import type { TopPages } from '../../../../metrics/application/answers/top-pages.answer.js';
import { number, percent, t } from '../language/language.js';
import { BarCell, Table } from './table.js';

/** The most clicked pages with their shares, each with a bar beside the first. @param named how the address of one is shown */
export function TopPagesTable({
  pages,
  named = (page) => page,
}: {
  pages: TopPages['pages'];
  named?: (page: string) => ComponentChildren;
}) {
  return (
    <Table
      label={t('topPages')}
      empty={t('noPages')}
      columns={[{ title: t('page') }, { title: t('clicks'), numeric: true }, { title: t('share'), numeric: true }]}
      rows={pages.map(({ page_url, events, share }) => [
        <BarCell part={events / (pages[0]?.events || 1)}>{named(page_url)}</BarCell>,
        number(events),
        percent(share),
      ])}
    />
  );
}
