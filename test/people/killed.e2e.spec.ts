import { describeAtLength } from '../support/at-length.js';
import { Client } from 'pg';
import { command } from '../cli/command.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';

const CANARY = 'canary-7f3a';
const ERASURE_KEY = 'the key of erasures in all tests, long enough';
const EVENTS = 4_500;

/** Erasing is killed where it may be, and whoever runs goes on (`npm run build` first). */
describeAtLength('a service that is killed while it erases', () => {
  let database: TestDatabase;
  let sql: Client;
  const services: RunningService[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
  });
  afterEach(async () => {
    for (const service of services.splice(0)) {
      service.kill('SIGKILL');
      await service.exited;
    }
    await sql.end();
    await database.drop();
  });

  const start = async (env: Record<string, string> = {}) => {
    const own = { DATABASE_URL: database.url, PULSAR_SERVICE_URL: 'ws://127.0.0.1:9', ERASURE_KEY };
    const service = await startService({ env: { ...own, ...env }, within: 120_000 });
    services.push(service);
    return service;
  };
  const record = async ({ url }: RunningService) => {
    for (let from = 0; from < EVENTS; from += 900) {
      const events = Array.from({ length: 900 }, (_, n) => ({
        event_type: 'sale',
        event_id: `${CANARY}-${from + n}`,
        user_id: n % 10 === 0 ? 'somebody-else' : CANARY,
        timestamp: Date.parse('2026-01-15T12:00:00.000Z') + (from + n) * 60_000,
        amount: '1.00',
        currency: 'EUR',
        url: `/of/${CANARY}`,
      }));
      const response = await fetch(`${url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
      });
      expect(response.status).toBe(200);
    }
  };
  const left = async () =>
    (await sql.query<{ n: number }>('select count(*)::int as n from events where user_id = $1', [CANARY])).rows[0]!.n;
  const isDone = async () =>
    (await sql.query('select from erasures where open')).rowCount === 0 && (await left()) === 0;
  const shown = async () => {
    const { rows } = await sql.query<{ open: boolean; user_id: string | null; events: number }>(
      'select open, user_id, events::int as events from erasures',
    );
    return rows;
  };

  it.each([
    ['after it is noted', 'after_erasure_noted:exit', 4_050],
    ['in the middle of a portion', 'in_erasure_portion:exit:2', 3_050],
    ['between two portions', 'after_erasure_portion:exit:3', 1_050],
    ['before it is noted as done', 'before_erasure_done:exit', 0],
  ])(
    '%s: another replica goes on, and it is done once',
    async (_, failpoint, remaining) => {
      const victim = await start({ FAILPOINT: failpoint });
      await record(victim);
      const erasing = fetch(`${victim.url}/users/${CANARY}`, { method: 'DELETE' }).catch((error: unknown) => error);
      await victim.exited;
      expect(String(await erasing)).toBe('TypeError: fetch failed');
      // A portion is a thousand places of the person's.
      expect(await left()).toBe(remaining);
      expect((await shown())[0]).toMatchObject({ open: true, user_id: CANARY });

      // Two that start at once: one of them does it.
      const [one, other] = await Promise.all([start(), start()]);
      await eventually(isDone, { within: 60_000, what: 'what was left is erased' });
      expect(await shown()).toEqual([{ open: false, user_id: null, events: 4_050 }]);
      const told = [one, other].filter((service) => service.logs().includes('a person was erased'));
      expect(told).toHaveLength(1);
      const { rows } = await sql.query(
        `select count(*)::int as events, count(user_id)::int as named, (select sum(n)::int from event_counts_15m) as counted from events`,
      );
      expect(rows).toEqual([{ events: EVENTS, named: 450, counted: EVENTS }]);
      expect(await command(['verify'], { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
    },
    400_000,
  );

  it('an answer does not wait for long: 202, and the same request says how far it is', async () => {
    const stalled = await start({ FAILPOINT: 'after_erasure_portion:stall' });
    await record(stalled);
    const response = await fetch(`${stalled.url}/users/${CANARY}`, { method: 'DELETE' });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ state: 'running', events: 1_000 });

    const next = await start();
    expect((await fetch(`${next.url}/users/${CANARY}`, { method: 'DELETE' })).status).toBe(202);
    stalled.kill('SIGKILL');
    await stalled.exited;
    await eventually(
      async () => {
        const answer = await fetch(`${next.url}/users/${CANARY}`, { method: 'DELETE' });
        const body = (await answer.json()) as { state: string };
        return answer.status === 200 && body.state === 'done';
      },
      { within: 60_000, what: 'the other one has done it' },
    );
    expect(await isDone()).toBe(true);
  }, 400_000);
});
