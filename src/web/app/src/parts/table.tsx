import type { ComponentChildren } from 'preact';

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

interface Of {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** Figures in rows. Numbers are on the right. */
export function Table({ label, columns, rows }: Of) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
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
                <td class={columns[index]?.numeric ? 'n' : ''}>{cell}</td>
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
