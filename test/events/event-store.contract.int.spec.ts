import fc from 'fast-check';
import { Client } from 'pg';
import { type EventStore, OutcomeUnknown } from '../../src/events/application/event-store.port.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import type { Verdict } from '../../src/events/domain/verdict.js';
import { Overloaded } from '../../src/platform/overloaded.js';
import { atRest, startApplication } from '../support/application.js';
import { createTestDatabase } from '../support/postgres.js';
import { trackedRow } from '../support/record-rows.js';
import { expectConsistent } from './consistent-counts.js';
import { MemoryEventStore } from './memory-event-store.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const MONDAY_AFTER = Date.parse('2026-01-19T00:00:00.000Z');
const click = (event_id: string, more: Record<string, unknown> = {}): TrackedEvent =>
  trackedRow({ event_type: 'click', event_id, timestamp: NOON, ...more });
const sale = (event_id: string, more: Record<string, unknown> = {}): TrackedEvent =>
  trackedRow({ event_type: 'sale', event_id, timestamp: NOON, amount: '19.90', currency: 'EUR', ...more });

interface Running {
  readonly store: EventStore;
  /** Ids of what is stored, sorted. */
  stored(): Promise<string[]>;
  moveFloor(floor: number): Promise<unknown>;
  /** From here on nothing can be written, until `letGo`. */
  hold(): Promise<unknown>;
  letGo(): Promise<unknown>;
  /** Everything that was derived from what is stored agrees with it. */
  check(): Promise<void>;
  forget(): Promise<void>;
  stop(): Promise<void>;
}

function inMemory(): Promise<Running> {
  const store = new MemoryEventStore();
  const { events } = store;
  return Promise.resolve({
    store,
    stored: () => Promise.resolve([...events.facts.values()].map(({ event }) => event.eventId).sort()),
    moveFloor: (floor) => Promise.resolve((events.retentionFloor = floor)),
    hold: () => Promise.resolve(store.hold()),
    letGo: () => store.letGo(),
    check: () => Promise.resolve(),
    forget: () => {
      events.facts.clear();
      events.retentionFloor = -Infinity;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  });
}

async function inPostgres(): Promise<Running> {
  const database = await createTestDatabase();
  const service = await startApplication(database.url);
  await atRest(service);
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  return {
    store: service.store,
    stored: async () => {
      const { rows } = await sql.query<{ event_id: string }>('select event_id from events');
      return rows.map(({ event_id }) => event_id).sort();
    },
    moveFloor: (floor) => sql.query('update storage_bounds set retention_floor = $1', [new Date(floor)]),
    hold: () => sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]),
    letGo: () => sql.query('select pg_advisory_unlock_all()'),
    check: () => expectConsistent(sql),
    forget: async () => {
      await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
      await sql.query(`update storage_bounds set retention_floor = '1970-01-05Z'`);
    },
    stop: async () => {
      await sql.end();
      await service.close();
      await database.drop();
    },
  };
}

/** The promises that whoever records may rely on, of PostgreSQL and of the map that other tests have in its place. */
describe.each([
  ['in memory', inMemory],
  ['in PostgreSQL', inPostgres],
])('a store of events, %s,', (_, start) => {
  let running: Running;
  /** So that each run of a property has ids of its own. */
  let runs = 0;

  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());
  beforeEach(() => running.forget());
  afterEach(() => running.check());

  const word = (verdict: Verdict) => (verdict.status === 'rejected' ? verdict.reason : verdict.status);
  const statuses = async (events: readonly TrackedEvent[]) => (await running.store.append(events)).map(word);

  it('has no verdict where there is no event', async () => {
    expect(await running.store.append([])).toEqual([]);
    expect(await running.store.append([], 0)).toEqual([]);
  });

  it('records once, knows a duplicate, refuses a conflict; the first wins', async () => {
    expect(await statuses([click('a'), click('b')])).toEqual(['recorded', 'recorded']);
    expect(await statuses([click('a'), click('b', { session_id: 'other' }), click('c')])).toEqual([
      'duplicate',
      'id_conflict',
      'recorded',
    ]);
    expect(await statuses([click('a', { timestamp: NOON + 60_000 })])).toEqual(['duplicate']);
    expect(await running.stored()).toEqual(['a', 'b', 'c']);
  });

  it('names the stored id in every verdict, and says why it rejects', async () => {
    const [known] = await running.store.append([click('a')]);
    expect(known).toEqual({ status: 'recorded', eventId: 'a' });
    const [duplicate, conflict] = await running.store.append([click('a'), click('a', { session_id: 'other' })]);
    expect(duplicate).toEqual({ status: 'duplicate', eventId: 'a' });
    expect(conflict).toMatchObject({ status: 'rejected', reason: 'id_conflict', eventId: 'a', field: 'event_id' });
    expect((conflict as { detail: string }).detail).toContain('was recorded first');
  });

  it('takes one id for two events when the types differ', async () => {
    expect(await statuses([click('a'), sale('a')])).toEqual(['recorded', 'recorded']);
  });

  it('settles twins of one batch in receive order', async () => {
    const twins = [click('a'), click('a'), click('a', { session_id: 'other' }), click('a')];
    expect(await statuses(twins)).toEqual(['recorded', 'duplicate', 'id_conflict', 'duplicate']);
    expect(await statuses(twins)).toEqual(['duplicate', 'duplicate', 'id_conflict', 'duplicate']);
  });

  it('below the retention floor knows what it knows, and nothing new', async () => {
    await statuses([click('a')]);
    await running.moveFloor(MONDAY_AFTER);
    expect(await statuses([click('a'), click('b'), click('a', { session_id: 's' })])).toEqual([
      'duplicate',
      'too_old',
      'id_conflict',
    ]);
    expect(
      await statuses([click('b', { timestamp: MONDAY_AFTER - 1 }), click('c', { timestamp: MONDAY_AFTER })]),
    ).toEqual(['too_old', 'recorded']);
    expect(await running.stored()).toEqual(['a', 'c']);
  });

  it('gives the verdicts of a map of first contents, whatever batches come one after another', async () => {
    const sent = fc.record({
      id: fc.integer({ min: 0, max: 5 }),
      type: fc.constantFrom(click, sale),
      content: fc.constantFrom('s1', 's2'),
      later: fc.integer({ min: 0, max: 1 }),
    });
    const batches = fc.array(fc.array(sent, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const prefix = `run-${(runs += 1)}-`;
        const first = new Map<string, string>();
        for (const batch of all) {
          const expected = batch.map(({ id, type, content }) => {
            const identity = `${type.name} ${id}`;
            const kept = first.get(identity);
            if (kept === undefined) first.set(identity, content);
            return kept === undefined ? 'recorded' : kept === content ? 'duplicate' : 'id_conflict';
          });
          const events = batch.map(({ id, type, content, later }) =>
            type(`${prefix}${id}`, { session_id: content, timestamp: NOON + later }),
          );
          expect(await statuses(events)).toEqual(expected);
        }
        const ids = (await running.stored()).filter((id) => id.startsWith(prefix));
        expect(ids).toEqual([...first.keys()].map((identity) => prefix + identity.split(' ')[1]).sort());
      }),
      { numRuns: 25 },
    );
  });

  it('records each event of appends that overlap exactly once', async () => {
    const ids = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { minLength: 2, maxLength: 8 }), async (appends) => {
        const prefix = `run-${(runs += 1)}-`;
        const verdicts = await Promise.all(appends.map((some) => statuses(some.map((id) => click(prefix + id)))));
        const distinct = new Set(appends.flat());
        expect(verdicts.flat().filter((verdict) => verdict === 'recorded')).toHaveLength(distinct.size);
        expect(verdicts.flat().filter((verdict) => verdict === 'duplicate')).toHaveLength(
          appends.flat().length - distinct.size,
        );
        const ids = (await running.stored()).filter((id) => id.startsWith(prefix));
        expect(ids).toEqual([...distinct].map((id) => prefix + id).sort());
      }),
      { numRuns: 15 },
    );
  });

  describe('while nothing can be written,', () => {
    afterEach(() => running.letGo());

    it('lets wait who can wait for ever', async () => {
      await running.hold();
      const waiting = [statuses([click('a')]), statuses([click('b')]), statuses([click('a')])];
      await running.letGo();
      expect((await Promise.all(waiting)).flat().sort()).toEqual(['duplicate', 'recorded', 'recorded']);
      expect(await running.stored()).toEqual(['a', 'b']);
    });

    it('sends away whose wait is over, and tells later whether it was recorded', async () => {
      await running.hold();
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const left = await Promise.all(
        ids.map(async (id) => {
          const error: unknown = await running.store
            .append([click(id), click(id)], 20)
            .catch((failure: unknown) => failure);
          expect(error).toBeInstanceOf(OutcomeUnknown);
          return { outcome: (error as OutcomeUnknown).outcome };
        }),
      );
      expect(await running.stored()).toEqual([]);
      await running.letGo();
      const told = await Promise.all(
        left.map(async ({ outcome }) => (await outcome)?.map((one) => one && word(one)) ?? null),
      );
      // A sender without an outcome hears that nothing of its append is recorded, nor will be. The first is in the hands of a write.
      expect(told[0]).not.toBeNull();
      for (const verdicts of told) if (verdicts !== null) expect(verdicts).toEqual(['recorded', 'duplicate']);
      expect(await running.stored()).toEqual(ids.filter((__, n) => told[n] !== null));
      // The resend that the sender was told is safe.
      const resent = await Promise.all(ids.map((id) => statuses([click(id)])));
      expect(resent.flat()).toEqual(told.map((verdicts) => (verdicts === null ? 'recorded' : 'duplicate')));
    });

    it('turns away who cannot wait for ever once too many wait, and nobody else', async () => {
      await running.hold();
      const waiting: Promise<Verdict[]>[] = [];
      for (let batch = 0; !running.store.isFull(); batch += 1) {
        expect(batch).toBeLessThan(20);
        waiting.push(running.store.append(Array.from({ length: 2000 }, (__, row) => click(`${batch}-${row}`))));
      }
      const refused: unknown = await running.store
        .append([click('one more')], 60_000)
        .catch((failure: unknown) => failure);
      expect(refused).toBeInstanceOf(Overloaded);
      expect((refused as Error).message).toContain('More events wait to be recorded than can be in a moment');
      waiting.push(running.store.append([click('patient')]));
      await running.letGo();
      expect((await Promise.all(waiting)).flat().map(word)).toEqual(
        Array.from({ length: 2000 * (waiting.length - 1) + 1 }, () => 'recorded'),
      );
      expect(running.store.isFull()).toBe(false);
      // Nothing was begun of it.
      expect(await statuses([click('one more'), click('patient')])).toEqual(['recorded', 'duplicate']);
    }, 120_000);
  });
});
