import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { AlertPage } from '../../src/alerts/application/answers/alert.answer.js';
import { describeAtLength } from '../support/at-length.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { needed } from '../support/test-run.js';
import { eventually } from '../support/waiting.js';
import { Receiver } from './receiver.js';

const FOR_MS = 60_000;
/** For the turn that is due, the claim of one who died, and the way to the webhook. */
const LATE_MS = 20_000;
const TURN_MS = 15_000;
/** Nobody listens there. */
const NO_BROKER = 'ws://127.0.0.1:1';

/** In real time, with processes of their own: what the drill with a clock of its own cannot show. */
describeAtLength('three replicas, and the one that judges is killed -9 in the turn that fires', () => {
  const roles = ['a', 'b', 'c'].map((name) => `judge_${name}_${randomUUID().slice(0, 8)}`);
  let database: TestDatabase;
  let sql: Client;
  let receiver: Receiver;
  const replicas = new Map<string, RunningService>();

  beforeAll(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    receiver = await Receiver.start();
    // Each replica has a role of its own, by which PostgreSQL tells them apart.
    for (const role of roles) await sql.query(`create role ${role} superuser login password '${role}'`);
    await Promise.all(
      roles.map(async (role) => {
        const url = new URL(database.url);
        [url.username, url.password] = [role, role];
        const env = {
          DATABASE_URL: url.href,
          PULSAR_SERVICE_URL: NO_BROKER,
          WEBHOOK_ALLOW: '127.0.0.1',
          LOG_LEVEL: 'warn',
        };
        replicas.set(role, await startService({ env }));
      }),
    );
  }, 120_000);
  afterAll(async () => {
    for (const replica of replicas.values()) {
      replica.kill('SIGKILL');
      await replica.exited;
    }
    await receiver.stop();
    await sql.end();
    await database.drop();
    const admin = new Client({ connectionString: needed('postgresUrl') });
    await admin.connect();
    for (const role of roles) await admin.query(`drop role ${role}`);
    await admin.end();
  }, 60_000);

  const living = () => [...replicas.values()][0]!;
  const alerts = async () => ((await (await fetch(`${living().url}/alerts`)).json()) as AlertPage).alerts;

  /** Whoever has claimed the next turn and waits for the rules, which nobody can read. */
  const killTheJudge = async (): Promise<string> => {
    await sql.query('begin; lock table alert_rules in access exclusive mode');
    try {
      const judge = await eventually(
        async () => {
          // A connection of its own: a transaction sees pg_stat_activity as it was at its first look.
          const watcher = new Client({ connectionString: database.url });
          await watcher.connect();
          try {
            const { rows } = await watcher.query<{ usename: string }>(
              `select usename from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and query like '%select id, revision, rule from alert_rules%' and usename = any ($1)`,
              [roles],
            );
            return rows[0]?.usename ?? false;
          } finally {
            await watcher.end();
          }
        },
        { within: 2 * TURN_MS, what: 'a replica judges' },
      );
      const replica = replicas.get(judge)!;
      replica.kill('SIGKILL');
      await replica.exited;
      replicas.delete(judge);
      return judge;
    } finally {
      await sql.query('rollback');
    }
  };

  it('the alert is told once, within for_minutes and 20 s', async () => {
    const rule = {
      name: 'no dead letters',
      metric: 'dead_letters',
      condition: 'below',
      threshold: 1,
      period: '1h',
      for_minutes: FOR_MS / 60_000,
      webhook_url: receiver.url(),
    };
    const made = await fetch(`${living().url}/alerts/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    expect(made.status).toBe(201);
    const pending = await eventually(async () => (await alerts())[0] ?? false, {
      within: 3 * TURN_MS,
      what: 'the condition holds',
    });
    const startedAt = Date.parse(pending.started_at);
    await eventually(() => Date.now() > startedAt + FOR_MS - TURN_MS / 2, {
      within: FOR_MS,
      what: 'the next turn fires',
    });
    expect(await alerts()).toMatchObject([{ state: 'pending' }]);
    await killTheJudge();
    await eventually(() => receiver.received.length > 0, { within: FOR_MS, what: 'the webhook is told' });
    expect(Date.now() - startedAt).toBeLessThanOrEqual(FOR_MS + LATE_MS);
    const [fired] = await alerts();
    expect(fired).toMatchObject({ state: 'firing', started_at: pending.started_at });
    expect(Date.parse(fired!.fired_at!) - startedAt).toBe(FOR_MS);

    const told = Math.floor(Date.now() / TURN_MS);
    await eventually(
      async () => {
        const { rows } = await sql.query<{ turn: string; done: boolean }>('select turn, done from alert_turns');
        return Number(rows[0]!.turn) >= told + 2 && rows[0]!.done;
      },
      { within: 4 * TURN_MS, what: 'two more turns are over' },
    );
    expect(receiver.bodies().map(({ type }) => type)).toEqual(['alert.firing']);
  }, 240_000);
});
