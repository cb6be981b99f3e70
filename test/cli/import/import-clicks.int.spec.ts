import { execFileSync } from 'node:child_process';
import { copyFile, open, readFile, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { CreatedAtReader } from '../../../src/cli/import/created-at.js';
import { ForeseenEvents } from '../../../src/cli/import/foreseen-events.js';
import { contentOf } from '../../../src/cli/import/click-row.js';
import { HeatmapFile } from '../../../src/cli/import/heatmap-file.js';
import { importClicks, type RefusedRow } from '../../../src/cli/import/import-clicks.js';
import { RecordEventHandler } from '../../../src/events/application/record-event.command.js';
import { quietLogger } from '../../support/application.js';
import { useService } from '../../support/used-service.js';
import { CLICK, heatmapDb, type OlderClick } from './older-heat-map.js';

/** As SQLite marks it. */
async function inWalMode(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.from([2, 2]), 0, 2, 18);
  await file.close();
}

describe('importing a heatmap.db', () => {
  const service = useService();

  beforeEach(() =>
    service.database.writers().query('truncate events, event_identity, event_counts_2s, event_counts_15m'),
  );

  async function importing(path: string, { zone = 'UTC', dryRun = false } = {}) {
    const file = await HeatmapFile.open(path);
    const refusedRows: RefusedRow[] = [];
    const store = dryRun ? new ForeseenEvents(service.database) : service.store;
    const handler = new RecordEventHandler(store, { count: () => undefined }, service.config, quietLogger);
    try {
      const tally = await importClicks(file.clicks(), {
        times: new CreatedAtReader(zone),
        record: (command) => handler.execute(command),
        onRefused: (row) => refusedRows.push(row),
        onProgress: () => undefined,
        signal: new AbortController().signal,
      });
      return { ...tally, refusedRows };
    } finally {
      await file.close();
    }
  }
  const stored = async () =>
    (await service.database.writers().query<Record<string, unknown>>('select * from events order by page_url')).rows;
  const counted = async () =>
    (
      await service.database
        .writers()
        .query<{ n: number }>('select coalesce(sum(n), 0)::int as n from event_counts_15m')
    ).rows[0]!.n;

  it('a row is a click that says the same, at the time that it was made', async () => {
    const path = await heatmapDb([CLICK, { page_url: '/b', viewport_width: null, scroll_y: null, user_agent: null }]);
    expect(await importing(path)).toMatchObject({ rows: 2, recorded: 2, known: 0, refused: 0 });
    const [first, second] = await stored();
    const at = new Date('2025-11-22T08:26:40.123Z');
    expect(first).toMatchObject({
      ...{ page_url: '/albums/avengers', x: 0.45, y: 0.3, viewport_width: 1440, viewport_height: 900, scroll_y: 350 },
      ...{ user_agent: 'Mozilla/5.0 (older)', user_id: null, properties: null },
      ...{ event_type: 'click', intake: 'import', occurred_at: at, received_at: at },
    });
    expect(second).toMatchObject({ page_url: '/b', viewport_width: null, scroll_y: null, user_agent: null });
    expect(await counted()).toBe(2);
  });

  it('whatever two files share, in whichever order and however often they are imported, counts once', async () => {
    // Few values, so that twins and rows of both files are the rule.
    const row = fc.record({
      page_url: fc.constantFrom('/a', '/A', '/b'),
      x: fc.constantFrom(0, 0.25),
      user_agent: fc.constantFrom(null, 'null', ''),
      created_at: fc.constantFrom(
        '2025-11-22 08:26:40',
        '2025-11-22 08:26:40.000',
        '2025-11-22T08:26:40Z',
        1_763_800_000,
      ),
    });
    const file = fc.array(row, { maxLength: 12 });
    const keyOf = ({ page_url, x, user_agent, created_at }: Partial<OlderClick>) =>
      JSON.stringify([page_url, x, user_agent, created_at]);
    const times = (rows: readonly Partial<OlderClick>[]) => {
      const counts = new Map<string, number>();
      for (const one of rows) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
      return counts;
    };
    await fc.assert(
      fc.asyncProperty(file, file, fc.array(fc.nat(1), { minLength: 2, maxLength: 4 }), async (a, b, order) => {
        await service.database.writers().query('truncate events, event_identity, event_counts_2s, event_counts_15m');
        const paths = [await heatmapDb(a), await heatmapDb(b)];
        let recorded = 0;
        for (const which of [0, 1, ...order]) recorded += (await importing(paths[which]!)).recorded;
        const [inA, inB] = [times(a), times(b)];
        const expected = [...new Set([...inA.keys(), ...inB.keys()])].reduce(
          (sum, key) => sum + Math.max(inA.get(key) ?? 0, inB.get(key) ?? 0),
          0,
        );
        expect([recorded, (await stored()).length, await counted()]).toEqual([expected, expected, expected]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('each row that cannot be recorded is named, and its neighbours are recorded', async () => {
    const rows: readonly (readonly [Partial<OlderClick>, string])[] = [
      [{ x: 1.5 }, 'x must be a number from 0 to 1'],
      [{ x: 'left' }, 'x must be a number from 0 to 1'],
      [{ y: -0.1 }, 'y must be a number from 0 to 1'],
      [{ y: Infinity }, 'y must be a number that ends; got Infinity'],
      [{ page_url: 'albums' }, 'page_url must be an absolute URL or a path'],
      [{ page_url: new Uint8Array([0x2f, 0x61]) }, 'page_url must not be a blob'],
      [{ viewport_width: -1 }, 'viewport_width must be a number from 0'],
      [{ scroll_y: 9_007_199_254_740_993n }, 'a double cannot hold the number'],
      [{ created_at: 'yesterday' }, 'created_at must be a time such as 2025-11-22 08:26:40; got "yesterday"'],
      [{ created_at: null }, 'created_at must be a time such as 2025-11-22 08:26:40; got null'],
    ];
    const good = rows.map((_, at) => ({ page_url: `/good/${at}` }));
    // No text of JavaScript can be these.
    const last = rows.length * 2 + 2;
    const texts = [`cast(x'2fff' as text) where id = ${last - 1}`, `'/a' || char(0) where id = ${last}`];
    const path = await heatmapDb(
      [...rows.flatMap(([row], at) => [good[at]!, row]), {}, {}],
      texts.map((text) => `update click_events set page_url = ${text}`),
    );
    const { refusedRows, ...tally } = await importing(path);
    expect(tally).toEqual({ rows: last, recorded: rows.length, known: 0, refused: rows.length + 2 });
    const detailOf = new Map(refusedRows.map(({ id, detail }) => [id, detail]));
    for (const [at, [, why]] of rows.entries()) expect(detailOf.get(String(2 * at + 2))).toContain(why);
    expect(detailOf.get(String(last - 1))).toContain('page_url is no UTF-8');
    expect(detailOf.get(String(last))).toContain('U+0000');
    expect((await stored()).map(({ page_url }) => page_url).sort()).toEqual(
      good.map(({ page_url }) => page_url).sort(),
    );
  });

  it('a value of a megabyte is cut where it is read', async () => {
    const large = 'x'.repeat(1024 * 1024);
    const path = await heatmapDb([
      { page_url: `/${large}` },
      { user_agent: large },
      { x: new Uint8Array(1024 * 1024) },
      { created_at: large },
    ]);
    const file = await HeatmapFile.open(path);
    for (const row of file.clicks()) expect(contentOf(row).length).toBeLessThan(1_000_000);
    await file.close();
    expect(await importing(path)).toMatchObject({ rows: 4, recorded: 1, refused: 3 });
    expect(await stored()).toMatchObject([{ user_agent: 'x'.repeat(1024) }]);
  });

  it('a user agent is what a header is: too long, it is cut', async () => {
    await importing(await heatmapDb([{ user_agent: 'a'.repeat(2_000) }]));
    expect((await stored())[0]!.user_agent).toBe('a'.repeat(1_024));
  });

  it('a time without an offset is one of --tz; imported with another, it is known', async () => {
    const path = await heatmapDb([{ created_at: '2025-07-01 12:00:00' }]);
    expect(await importing(path, { zone: 'Europe/Madrid' })).toMatchObject({ recorded: 1 });
    expect(await importing(path, { zone: 'Asia/Tokyo' })).toMatchObject({ recorded: 0, known: 1 });
    expect((await stored()).map(({ occurred_at }) => occurred_at)).toEqual([new Date('2025-07-01T10:00:00Z')]);
  });

  it('a dry run says what the import then does, and writes nothing', async () => {
    const rows = [CLICK, CLICK, { page_url: '/b' }, { x: 2 }];
    await importing(await heatmapDb([CLICK]));
    const path = await heatmapDb(rows);
    const foreseen = await importing(path, { dryRun: true });
    expect(await stored()).toHaveLength(1);
    expect(foreseen).toEqual(await importing(path));
    expect(foreseen).toMatchObject({ rows: 4, recorded: 2, known: 1, refused: 1 });
  });

  it("a file that is in nobody's hands is read also where it was left in WAL mode, and is not touched", async () => {
    const path = await heatmapDb([CLICK]);
    await inWalMode(path);
    const before = await readFile(path);
    expect(await importing(path)).toMatchObject({ recorded: 1 });
    expect(await readFile(path)).toEqual(before);
  });

  describe('refuses', () => {
    const many = Array.from({ length: 2_000 }, (_, at) => ({ page_url: `/${at}` }));
    const written = async (text: string) => {
      const path = await heatmapDb([]);
      await writeFile(path, text);
      return path;
    };

    /** Nobody ever writes into it. */
    const pipe = async () => {
      const path = `${await heatmapDb([])}.pipe`;
      execFileSync('mkfifo', [path]);
      return path;
    };

    it.each<[string, () => Promise<string>, RegExp]>([
      ['a file that is not there', async () => `${await heatmapDb([])}.none`, /cannot be read: ENOENT/],
      ['a folder', async () => (await heatmapDb([])).replace('/heatmap.db', ''), /is no file/],
      ['a pipe', pipe, /is no file/],
      ['an empty file', () => written(''), /is no SQLite database/],
      ['a file of something else', () => written('id,page_url\n1,/a\n'), /is no SQLite database/],
      ['the head of one', () => written('SQLite format 3\0'), /is cut off/],
      [
        'one that is cut',
        async () => {
          const path = await heatmapDb(many);
          await truncate(path, 40_000);
          return path;
        },
        /is cut off: it has 40000 bytes, and should have \d+/,
      ],
      [
        'one with other bytes in its middle',
        async () => {
          const path = await heatmapDb(many);
          const file = await open(path, 'r+');
          await file.write(Buffer.alloc(8_192, 0x5a), 0, 8_192, 8_192);
          await file.close();
          return path;
        },
        /is damaged: /,
      ],
      ['one without the table', () => heatmapDb([], ['drop table click_events']), /has no table click_events/],
      [
        'one whose table is a view, of rows without end',
        () =>
          heatmapDb(
            [],
            [
              'alter table click_events rename to clicks',
              `create view click_events as with recursive n (id) as (select 1 union all select id + 1 from n)
               select n.id, page_url, x, y, viewport_width, viewport_height, scroll_y, user_agent, created_at
               from n left join clicks on false`,
            ],
          ),
        /is no heatmap.db: click_events is no ordinary table/,
      ],
      [
        'one whose table has no rowid',
        () =>
          heatmapDb(
            [],
            ['drop table click_events', 'create table click_events (id integer primary key) without rowid'],
          ),
        /is no heatmap.db: click_events is no ordinary table/,
      ],
      [
        'one with other columns',
        () =>
          heatmapDb(
            [],
            ['alter table click_events rename scroll_y to scroll_x', 'alter table click_events add token text'],
          ),
        /is no heatmap.db: click_events has no scroll_y; scroll_x, which is unknown; token, which is unknown/,
      ],
      [
        'one that is being written to, in WAL mode',
        async () => {
          const path = await heatmapDb([CLICK]);
          await inWalMode(path);
          await writeFile(`${path}-wal`, '\x37\x7f\x06\x82');
          return path;
        },
        /is being written to \(there is a .*-wal\)/,
      ],
      [
        'one that is being written to, with a journal',
        async () => {
          const path = await heatmapDb([CLICK]);
          await copyFile(path, `${path}-journal`);
          return path;
        },
        /is being written to \(there is a .*-journal\)/,
      ],
    ])('%s', async (_, made, why) => {
      await expect(importing(await made())).rejects.toThrow(why);
      expect(await stored()).toEqual([]);
    });
  });
});
