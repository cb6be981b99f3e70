import { CommandBus } from '@nestjs/cqrs';
import { Client } from 'pg';
import { OutcomeUnknown } from '../../src/events/application/event-store.port.js';
import { RecordEventCommand } from '../../src/events/application/record-event.command.js';
import type { IncomingEvent } from '../../src/events/domain/incoming-event.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { atRest, startApplication, type TestApplication } from '../support/application.js';
import { clickPayload, encoded, TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';
import { breakAfter, wrapQueries } from '../support/writer-statements.js';
import { countedVerdicts } from './intakes/seen-verdict.js';

const WITHIN = { within: 10_000 };

const incoming = (fields: Record<string, unknown>): IncomingEvent => ({
  body: encoded(clickPayload(fields)),
  intake: 'http',
  eventType: 'click',
  receivedAt: TEST_TIME,
  fallbackTime: TEST_TIME,
  attributes: {},
  mintKey: () => 'unused',
  messageId: null,
  userAgent: null,
});

describe('what became of events is counted when it is known, whoever still waits', () => {
  let database: TestDatabase;
  let service: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    await sql.query(`alter table events add constraint planted check (user_id <> 'poison')`);
    service = await startApplication(database.url, { DRAIN_TIMEOUT_MS: 200 });
    await atRest(service);
  });
  afterEach(async () => {
    await sql.query('select pg_advisory_unlock_all()');
    await service.close();
    await sql.end();
    await database.drop();
  });

  const hold = () => sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
  const letGo = () => sql.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.recording]);
  const record = (events: IncomingEvent[], waitMs?: number) =>
    service.app.get(CommandBus).execute(new RecordEventCommand(events, waitMs));
  const counted = async () => countedVerdicts(await service.app.get(Telemetry).registry.metrics());
  const stored = async () =>
    (await sql.query<{ event_id: string }>('select event_id from events order by 1')).rows.map((row) => row.event_id);
  /** Those that record share the lock; what keeps house asks for it alone, and may wait beside them. */
  const writersThatWait = async (count: number) =>
    eventually(
      async () =>
        (
          await sql.query(
            `select from pg_locks join pg_stat_activity using (pid)
             where datname = current_database() and locktype = 'advisory' and mode = 'ShareLock' and not granted`,
          )
        ).rowCount === count,
      { ...WITHIN, what: `${count} writers wait for the lock` },
    );

  it('also after the wait of its sender, with what was rejected beside it; the resend is a duplicate', async () => {
    await hold();
    const events = [incoming({ event_id: 'a' }), incoming({ event_id: 'b', user_id: 1 })];
    await expect(record(events, 200)).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(await counted()).toEqual({});
    await letGo();
    await eventually(async () => expect(await counted()).toEqual({ recorded: 1, 'rejected schema': 1 }), {
      ...WITHIN,
      what: 'the late commit is counted',
    });
    expect(await stored()).toEqual(['a']);
    await record(events, 10_000);
    expect(await counted()).toEqual({ recorded: 1, duplicate: 1, 'rejected schema': 2 });
  });

  it('tells whoever asks for it later, at the places of the command', async () => {
    await hold();
    const events = [incoming({ user_id: 1 }), incoming({ event_id: 'a' })];
    const error = (await record(events, 50).catch((failure: unknown) => failure)) as OutcomeUnknown;
    expect(error.events).toEqual([{ index: 1, eventId: 'a' }]);
    await letGo();
    expect((await error.outcome)?.map((verdict) => verdict?.status)).toEqual(['rejected', 'recorded']);
  });

  it('late verdicts of all kinds: duplicates, conflicts, rows that PostgreSQL refuses', async () => {
    await record([incoming({ event_id: 'known' })]);
    await hold();
    const late = ['known', 'known', 'refused', 'new'].map((event_id, n) =>
      incoming({ event_id, url: n === 1 ? '/other' : '/', ...(event_id === 'refused' ? { user_id: 'poison' } : {}) }),
    );
    await expect(record(late, 50)).rejects.toBeInstanceOf(OutcomeUnknown);
    await letGo();
    await eventually(
      async () =>
        expect(await counted()).toEqual({
          recorded: 2,
          'rejected id_conflict': 2,
          'rejected unstorable': 1,
        }),
      { ...WITHIN, what: 'all are counted' },
    );
    expect(await stored()).toEqual(['known', 'new']);
  });

  it('over a COMMIT that got no answer: recorded once, however late', async () => {
    let broken = false;
    breakAfter(service, 'commit', () => !broken && (broken = true));
    await hold();
    await expect(record([incoming({ event_id: 'a' })], 50)).rejects.toBeInstanceOf(OutcomeUnknown);
    await letGo();
    await eventually(async () => expect(await counted()).toEqual({ recorded: 1 }), { ...WITHIN, what: 'counted' });
    expect(broken).toBe(true);
    expect(await stored()).toEqual(['a']);
  });

  it('what was withdrawn is not counted: it never became anything', async () => {
    await hold();
    const taken = [record([incoming({ event_id: 'taken-1' })])];
    await writersThatWait(1);
    taken.push(record([incoming({ event_id: 'taken-2' })]));
    await writersThatWait(2);
    const withdrawn = await record([incoming({ event_id: 'withdrawn' })], 20).catch((failure: unknown) => failure);
    expect(withdrawn).toBeInstanceOf(OutcomeUnknown);
    expect((withdrawn as OutcomeUnknown).outcome).toBeNull();
    await letGo();
    await Promise.all(taken);
    expect(await counted()).toEqual({ recorded: 2 });
    await record([incoming({ event_id: 'withdrawn' })]);
    expect(await counted()).toEqual({ recorded: 3 });
    expect(await stored()).toHaveLength(3);
  });

  it('when the drain ended before the commit', async () => {
    await hold();
    const waiting = record([incoming({ event_id: 'a' })]).catch((failure: unknown) => failure);
    await writersThatWait(1);
    const closing = service.close();
    expect(await waiting).toBeInstanceOf(OutcomeUnknown);
    await letGo();
    await closing;
    expect(await stored()).toEqual(['a']);
    expect(await counted()).toEqual({ recorded: 1 });
  });

  it('when the drain ended in the middle of looking for a bad row: those that were written', async () => {
    const events = [...Array.from({ length: 7 }, (_, n) => `e-${n}`), 'poison'].map((event_id) =>
      incoming({ event_id, ...(event_id === 'poison' ? { user_id: 'poison' } : {}) }),
    );
    let committed = 0;
    let closing: Promise<void> | undefined;
    wrapQueries(service, async (query, text) => {
      if (text === 'begin' && committed > 0) {
        closing ??= service.close();
        await given;
        throw new Error('Connection terminated unexpectedly');
      }
      const result = await query();
      if (text === 'commit' && (await stored()).length > 0) committed += 1;
      return result;
    });
    const given = record(events).catch((failure: unknown) => failure);
    expect(await given).toBeInstanceOf(OutcomeUnknown);
    await closing;
    const { length } = await stored();
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(7);
    await eventually(async () => expect(await counted()).toEqual({ recorded: length }), {
      ...WITHIN,
      what: 'what was written is counted',
    });
  });
});
