import type { Conflict, Regions } from '../../../../../regions/application/answers/regions.answer.js';
import { number, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';

/** Identities with several contents; each opens to what differs. */
export function Conflicts({ conflicts: { total, newest } }: { conflicts: Regions['conflicts'] }) {
  if (total === 0) return <p class="sub none">{t('conflictsNone')}</p>;
  return (
    <>
      <p class="sub">
        {t('conflictsSub')} {t('conflictsShown', { total: number(total), shown: number(newest.length) })}
      </p>
      <ul class="conflicts">
        {newest.map((conflict) => (
          <li key={`${conflict.event_type} ${conflict.event_key}`}>
            <details>
              <summary>
                {t(conflict.event_type)} <code class="long">{conflict.event_id}</code>
              </summary>
              <Contents conflict={conflict} />
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Field by field; those that differ stand out. */
function Contents({ conflict: { contents, event_id } }: { conflict: Conflict }) {
  const fields = [...new Set(contents.flatMap(({ content }) => Object.keys(content)))].sort();
  const text = (value: unknown): string =>
    value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  const values = (field: string) => contents.map(({ content }) => text(content[field]));
  return (
    <Table
      label={event_id}
      stacked
      columns={[{ title: t('field') }, ...contents.map((_, place) => ({ title: t('contentOf', { n: place + 1 }) }))]}
      rows={fields.map((field) => {
        const shown = values(field);
        const differs = new Set(shown).size > 1;
        return [
          <code class="long">{field}</code>,
          ...shown.map((value) => (differs ? <mark class="long">{value}</mark> : <span class="long">{value}</span>)),
        ];
      })}
    />
  );
}
