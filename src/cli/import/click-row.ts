import { isUtf8 } from 'node:buffer';
import { deriveRowKey } from '../../events/domain/event-identity.js';
import type { IncomingEvent } from '../../events/domain/incoming-event.js';
import type { CreatedAt } from './created-at.js';

/** A value of SQLite: any column may hold any. */
export type Cell = string | number | bigint | Uint8Array | null;

/** A row of `click_events`. */
export interface ClickRow {
  readonly id: string;
  readonly pageUrl: Cell;
  readonly x: Cell;
  readonly y: Cell;
  readonly viewportWidth: Cell;
  readonly viewportHeight: Cell;
  readonly scrollY: Cell;
  readonly userAgent: Cell;
  readonly createdAt: Cell;
}

/** Reads a row that `HeatmapFile` selects. Texts come as the bytes that they are, so that none is taken for another. */
export function readClick(cells: Readonly<Record<string, Cell>>): ClickRow {
  return {
    id: String(cells.id),
    pageUrl: textOf(cells, 'page_url'),
    x: cells.x!,
    y: cells.y!,
    viewportWidth: cells.viewport_width!,
    viewportHeight: cells.viewport_height!,
    scrollY: cells.scroll_y!,
    userAgent: textOf(cells, 'user_agent'),
    createdAt: textOf(cells, 'created_at'),
  };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes stay where they are no text. */
function textOf(cells: Readonly<Record<string, Cell>>, column: string): Cell {
  const [bytes, type] = [cells[column]!, cells[`${column}_type`]];
  if (!(bytes instanceof Uint8Array) || type === 'blob') return bytes;
  try {
    const text = UTF8.decode(bytes);
    return type === 'text' ? text : Number(text);
  } catch {
    return bytes;
  }
}

/** All columns but the id, in one form: what says the same is the same, in whichever file and under whichever id. */
export function contentOf(row: ClickRow): string {
  const { pageUrl, x, y, viewportWidth, viewportHeight, scrollY, userAgent, createdAt } = row;
  const cells = [pageUrl, x, y, viewportWidth, viewportHeight, scrollY, userAgent, createdAt];
  // A function for JSON.stringify to ask of each makes it several times as slow.
  return JSON.stringify(cells.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell)));
}

/** Which of the rows of its file it is. */
export interface Twin {
  readonly content: string;
  /** Rows that say the same and stand before it. */
  readonly ordinal: number;
}

export function clickOf(row: ClickRow, { instant, inUtc }: CreatedAt, twin: Twin): IncomingEvent {
  const { pageUrl, x, y, viewportWidth, viewportHeight, scrollY, userAgent } = row;
  const fields = {
    page_url: numeric(pageUrl),
    x: numeric(x),
    y: numeric(y),
    viewport_width: numeric(viewportWidth),
    viewport_height: numeric(viewportHeight),
    scroll_y: numeric(scrollY),
  };
  const agent = typeof userAgent === 'string' ? userAgent : null;
  return {
    ...NOTHING_MORE,
    body: JSON.stringify(fields),
    receivedAt: instant,
    fallbackTime: instant,
    mintKey: () => deriveRowKey({ kind: 'heatmap.db', ...twin, happenedAt: inUtc }),
    // It was a header: too long, it is cut; what is no text is left out.
    userAgent: agent,
    unreadable: unreadableOf(fields),
  };
}

/** Beyond what a number holds it is refused in any case. */
const numeric = (cell: Cell) => (typeof cell === 'bigint' ? Number(cell) : cell);

/** A row without a time that can be read. */
export const clickWithoutTime = ({ createdAt }: ClickRow): IncomingEvent => ({
  ...NOTHING_MORE,
  body: '',
  receivedAt: 0,
  fallbackTime: 0,
  mintKey: () => '',
  userAgent: null,
  unreadable: {
    reason: 'schema',
    detail: `created_at must be a time such as 2025-11-22 08:26:40; got ${shown(createdAt)}`,
  },
});

const NOTHING_MORE = { intake: 'import', eventType: 'click', attributes: {}, messageId: null } as const;

/** Says why a row cannot be written as JSON, if it cannot. */
function unreadableOf(fields: Readonly<Record<string, Exclude<Cell, bigint>>>): IncomingEvent['unreadable'] {
  for (const [name, cell] of Object.entries(fields)) {
    if (cell instanceof Uint8Array)
      return isUtf8(cell)
        ? { reason: 'schema', detail: `${name} must not be a blob` }
        : { reason: 'not_utf8', detail: `${name} is no UTF-8` };
    if (typeof cell === 'number' && !Number.isFinite(cell))
      return { reason: 'schema', detail: `${name} must be a number that ends; got ${cell}` };
  }
  return null;
}

const shown = (cell: Cell): string =>
  cell instanceof Uint8Array ? `${cell.length} bytes` : (JSON.stringify(cell, bigintText) ?? 'nothing').slice(0, 100);

const bigintText = (_: string, cell: unknown) => (typeof cell === 'bigint' ? String(cell) : cell);
