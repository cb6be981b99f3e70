import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { temporaryFolder } from '../../support/run-folder.js';

/** As the older service made it. */
const TABLE = `create table click_events (
  id integer not null primary key, page_url varchar not null, x float not null, y float not null, viewport_width integer,
  viewport_height integer, scroll_y integer, user_agent varchar, created_at datetime)`;

export interface OlderClick {
  readonly page_url: unknown;
  readonly x: unknown;
  readonly y: unknown;
  readonly viewport_width: unknown;
  readonly viewport_height: unknown;
  readonly scroll_y: unknown;
  readonly user_agent: unknown;
  readonly created_at: unknown;
}

export const CLICK: OlderClick = {
  page_url: '/albums/avengers',
  x: 0.45,
  y: 0.3,
  viewport_width: 1440,
  viewport_height: 900,
  scroll_y: 350,
  user_agent: 'Mozilla/5.0 (older)',
  created_at: '2025-11-22 08:26:40.123456',
};

const COLUMNS = Object.keys(CLICK) as (keyof OlderClick)[];

/** A `heatmap.db` with these rows, their ids counted from 1. @param more statements after them */
export async function heatmapDb(rows: Iterable<Partial<OlderClick>>, more: readonly string[] = []): Promise<string> {
  const path = join(await temporaryFolder('older'), 'heatmap.db');
  const database = new sqlite.Database(path);
  try {
    database.exec(TABLE);
    database.exec('begin');
    const insert = database.prepare(
      `insert into click_events (${COLUMNS.join()}) values (${COLUMNS.map(() => '?').join()})`,
    );
    for (const row of rows) {
      const whole = { ...CLICK, ...row };
      insert.run(COLUMNS.map((column) => whole[column] as string));
    }
    insert.finalize();
    database.exec('commit');
    for (const statement of more) database.exec(statement);
  } finally {
    database.close();
  }
  return path;
}
