import type { ComponentChildren } from 'preact';

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

interface Of {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Said in place of rows where there are none. */
  readonly empty?: string;
  /** On a phone each row becomes a list of its cells, where they are too many to stand side by side. */
  readonly stacked?: boolean;
}

/** Figures in rows. Numbers are on the right. */
export function Table({ label, columns, rows, empty, stacked = false }: Of) {
  if (rows.length === 0 && empty !== undefined) return <p class="sub none">{empty}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={stacked ? 'stacked' : ''}>
        <thead>
          <tr>
            {columns.map(({ title, numeric }) => (
              <th scope="col" class={numeric ? 'n' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr>
              {cells.map((cell, index) => (
                <td class={columns[index]?.numeric ? 'n' : ''} data-title={stacked ? columns[index]?.title : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A cell with a bar behind it, in parts of the largest. */
export function BarCell({ part, children }: { part: number; children: ComponentChildren }) {
  return (
    <>
      <span class="bar" style={{ width: `${Math.min(100, part * 100)}%` }} />
      <span class="over">{children}</span>
    </>
  );
}
