import { useState } from 'preact/hooks';
import type { Paths } from '../../../../../funnels/application/answers/paths.answer.js';
import { number, percent, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { inOrder } from './tree.js';

/** The whole tree as a table: it may have thousands of rows, so it is made when it is opened. */
export function PathsTable({ paths: { nodes, direction } }: { paths: Paths }) {
  const [open, setOpen] = useState(false);
  const goes = direction === 'from';
  return (
    <details class="behind" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('wholeTable')}</summary>
      {open && (
        <Table
          label={t('wholeTable')}
          columns={[
            { title: t('page') },
            { title: t('step'), numeric: true },
            { title: t('sessions'), numeric: true },
            { title: t(goes ? 'shareOfParent' : 'shareOfParentTo'), numeric: true },
            { title: t(goes ? 'endedHere' : 'beganHere'), numeric: true },
          ]}
          rows={inOrder(nodes).map(({ page_url, step, sessions, share, ended }) => [
            <span class="long" style={{ paddingLeft: `${step * 16}px` }}>
              {page_url}
            </span>,
            number(step),
            number(sessions),
            percent(share),
            number(ended),
          ])}
        />
      )}
    </details>
  );
}
