import { useRef } from 'preact/hooks';
import { compact, number, t } from '../../../language/language.js';
import { type Cell, type Grid, mostOf, nextCell } from './cells.js';
import { colourAt, heatOf, topOf } from './colour-scale.js';

interface Of {
  readonly grid: Grid;
  readonly label: string;
  readonly picked: Cell | null;
  readonly pick: (cell: Cell) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The same as figures. One cell is reached by the tabulator, the others from there by the arrows. */
export function CellGrid({ grid, label, picked, pick }: Of) {
  const table = useRef<HTMLTableElement>(null);
  const most = mostOf(grid);
  const top = topOf(most);
  const first = picked ?? hottest(grid, most);
  const move = (event: KeyboardEvent, from: Cell) => {
    const step = STEPS[event.key];
    const to = step && nextCell(grid, from, step);
    if (!to) return;
    event.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-cell="${to.row},${to.column}"]`)?.focus();
  };
  return (
    <table class="cells" ref={table}>
      <caption class="unseen">{label}</caption>
      <colgroup>
        <col class="head" />
        <col span={grid[0]?.length ?? 0} />
      </colgroup>
      <thead>
        <tr>
          <td />
          {grid[0]?.map((_, column) => (
            <th scope="col">
              <span class="unseen">{t('column', { n: column + 1 })}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.map((cells, row) => (
          <tr>
            <th scope="row">
              <span class="unseen">{t('row', { n: row + 1 })}</span>
            </th>
            {cells.map((clicks, column) =>
              clicks === 0 ? (
                <td>
                  <span class="unseen">0</span>
                </td>
              ) : (
                <td style={shadeOf(clicks, top)}>
                  <button
                    data-cell={`${row},${column}`}
                    tabIndex={first?.row === row && first.column === column ? 0 : -1}
                    aria-label={`${t('cellTitle', { row: row + 1, column: column + 1 })}: ${t('cellClicks', { clicks: number(clicks) })}`}
                    aria-pressed={picked?.row === row && picked.column === column}
                    onClick={() => pick({ row, column })}
                    onKeyDown={(event) => move(event, { row, column })}
                  >
                    {compact(clicks)}
                  </button>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Text that can be read on each of the colours. */
function shadeOf(clicks: number, top: number): { background: string; color: string } {
  const [red, green, blue] = colourAt(heatOf(clicks, top));
  const linear = (value: number) => (value / 255) ** 2.2;
  const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return { background: `rgb(${red} ${green} ${blue})`, color: light > 0.18 ? '#0c0d0f' : '#fff' };
}

function hottest(grid: Grid, most: number): Cell | null {
  const row = grid.findIndex((cells) => most > 0 && cells.includes(most));
  return row < 0 ? null : { row, column: grid[row]!.indexOf(most) };
}
