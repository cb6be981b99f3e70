import { Client } from 'pg';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { eventually } from '../support/waiting.js';
import { OwnIntake } from './own-intake.js';
import { differences, encodedEvent, Load, sentEvent, type SentEvent } from './traffic.js';

/** The service ends within this after SIGTERM, whatever hangs. */
const SHUTDOWN_MS = 10_000;
const SOON_MS = 30_000;

interface HeldRecording {
  /** Transactions that wait for it. */
  waiting(): Promise<number>;
  letGo(): Promise<void>;
}

/** Holds every recording transaction back, as a slow PostgreSQL does, until it lets go: so work is in flight for as long as a test wants. */
async function holdRecording(databaseUrl: string): Promise<HeldRecording> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
  return {
    waiting: async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_locks
         where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows[0]!.n;
    },
    letGo: () => client.end(),
  };
}

const recordingWaits = (held: HeldRecording) =>
  eventually(async () => (await held.waiting()) > 0, { within: SOON_MS, what: 'recording is held back' });

const draining = (service: RunningService) =>
  eventually(
    async () => {
      const response = await fetch(`${service.url}/health/ready`);
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('shutting down')]);
    },
    { within: SOON_MS, what: 'readiness says that it drains' },
  );

async function exitTimed(service: RunningService, signalAt: number): Promise<{ code: number | null; ms: number }> {
  const { code } = await service.exited;
  return { code, ms: performance.now() - signalAt };
}

describeWithPulsar('shutdown', () => {
  const now = Date.now();
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeEach(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
  });

  afterEach(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const start = async (env: Record<string, string> = {}) => {
    service = await startService({ env: intake.env(env) });
  };

  /** Past its first round of storage keeping, whose turn with the lock would keep a shutdown open. */
  const startQuietly = async () => {
    await start();
    const moved = async () =>
      (await intake.query(`select from storage_bounds where fine_horizon > '2000-01-01'`)).length > 0;
    await eventually(moved, { within: SOON_MS, what: 'the storage is kept' });
  };

  const terminate = () => {
    service.kill('SIGTERM');
    return performance.now();
  };

  const publish = async (count: number): Promise<SentEvent[]> => {
    const sent = Array.from({ length: count }, (_, n) => sentEvent(n, now));
    await Promise.all(sent.map((event) => intake.publish(event.type, { data: encodedEvent(event) })));
    return sent;
  };

  const post = (events: readonly Record<string, unknown>[]) =>
    fetch(`${service.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });

  test('SIGTERM under load: exit 0 within 10 s, and the next start goes on where it ended, twice', async () => {
    const load = new Load(intake, now, 5);
    for (let turn = 1; turn <= 2; turn++) {
      await start();
      const before = await intake.recorded();
      await eventually(async () => (await intake.recorded()) > before + 500, { within: SOON_MS, what: 'it consumes' });
      const { code, ms } = await exitTimed(service, terminate());
      expect(code).toBe(0);
      expect(ms).toBeLessThan(SHUTDOWN_MS);
    }
    const sent = await load.stop();
    await start();
    await intake.recordedExactly(sent.length, SOON_MS);
    await intake.noBacklog(SOON_MS);
    expect(await differences(intake, sent)).toEqual([]);
  }, 90_000);

  test('what is in flight is finished: readiness 503 meanwhile, then committed, acknowledged, exit 0', async () => {
    await startQuietly();
    const held = await holdRecording(database.url);
    const sent = await publish(1); // of several some might not have been received yet
    await recordingWaits(held);
    const signalAt = terminate();
    await draining(service);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    await held.letGo();
    const { code, ms } = await exitTimed(service, signalAt);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(SHUTDOWN_MS);
    expect(await differences(intake, sent)).toEqual([]);
    await intake.noBacklog(SOON_MS); // nobody consumes any more: it was acknowledged before the exit
  }, 90_000);

  test('a POST in flight gets its answer, and its events are recorded', async () => {
    await startQuietly();
    const held = await holdRecording(database.url);
    const answer = post([{ event_type: 'click', event_id: 'in-flight', user_id: 'u' }]);
    await recordingWaits(held);
    const signalAt = terminate();
    await draining(service);
    await held.letGo();
    const response = await answer;
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { results: [{ status: 'recorded', event_id: 'in-flight' }] },
    ]);
    expect(await exitTimed(service, signalAt)).toMatchObject({ code: 0 });
    expect(await intake.query('select event_id from events')).toEqual([{ event_id: 'in-flight' }]);
  }, 90_000);

  test('a second SIGTERM ends it at once with 1; what it held is consumed by the next', async () => {
    await startQuietly();
    const held = await holdRecording(database.url);
    const sent = await publish(100);
    await recordingWaits(held);
    const signalAt = terminate();
    await draining(service);
    // One that follows within a second may be the same Ctrl-C, passed on by npm: so it is sent until it counts.
    let ended = false;
    void service.exited.then(() => (ended = true));
    await eventually(() => terminate() > 0 && ended, { within: SOON_MS, what: 'a second SIGTERM ends it' });
    const { code, ms } = await exitTimed(service, signalAt);
    expect(code).toBe(1);
    expect(ms).toBeLessThan(3_000);
    await held.letGo();

    await start();
    await intake.recordedExactly(sent.length, SOON_MS);
    await intake.noBacklog(SOON_MS);
    expect(await differences(intake, sent)).toEqual([]);
  }, 90_000);

  test('SIGTERM while PostgreSQL is away: exit within 10 s, a POST in flight gets its 503, nothing is lost', async () => {
    const server = new URL(database.url);
    const proxy = await TcpProxy.to({ host: server.hostname, port: Number(server.port) });
    server.port = String(proxy.port);
    await start({ DATABASE_URL: server.href });
    await eventually(async () => (await fetch(`${service.url}/health/ready`)).ok, { within: SOON_MS, what: 'ready' });
    await proxy.close();
    const sent = await publish(100);
    const answer = post([{ event_type: 'click', event_id: 'in-flight', user_id: 'u' }]);
    await eventually(() => service.logs().includes('a write failed and is tried again'), {
      within: SOON_MS,
      what: 'a write has failed',
    });
    const { code, ms } = await exitTimed(service, terminate());
    const response = await answer;
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: 'outcome_unknown', results: [{ index: 0, event_id: 'in-flight' }] },
    ]);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(SHUTDOWN_MS);

    await start();
    await intake.recordedExactly(sent.length, SOON_MS);
    await intake.noBacklog(SOON_MS);
    expect(await differences(intake, sent)).toEqual([]);
  }, 90_000);
});
