import fc from 'fast-check';
import { OutcomeUnknown } from '../../../src/events/application/event-store.port.js';
import { RecordEventCommand, RecordEventHandler } from '../../../src/events/application/record-event.command.js';
import type { IncomingEvent } from '../../../src/events/domain/incoming-event.js';
import type { Verdict } from '../../../src/events/domain/verdict.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { Overloaded } from '../../../src/platform/overloaded.js';
import { quietLogger, slices } from '../../support/application.js';
import { encoded, TEST_TIME } from '../../support/events.js';
import { eventually } from '../../support/waiting.js';
import { MemoryEvents, MemoryEventStore } from '../memory-event-store.js';

const config = loadConfig(slices, {}).with({ MAX_EVENT_AGE_DAYS: 36_500 });
const WITHIN = { within: 5_000 };

const incoming = (fields: Record<string, unknown>): IncomingEvent => ({
  body: encoded({ user_id: 'u', timestamp: TEST_TIME, ...fields }),
  intake: 'http',
  eventType: 'click',
  receivedAt: TEST_TIME,
  fallbackTime: TEST_TIME,
  attributes: {},
  mintKey: () => 'minted',
  messageId: null,
  userAgent: null,
});

const word = (verdict: Verdict | null) =>
  verdict === null ? null : verdict.status === 'rejected' ? verdict.reason : verdict.status;

describe('recording events', () => {
  let store: MemoryEventStore;
  let handler: RecordEventHandler;
  let counted: string[];

  beforeEach(() => {
    store = new MemoryEventStore();
    counted = [];
    handler = handlerOn(store);
  });

  const handlerOn = (where: MemoryEventStore) =>
    new RecordEventHandler(
      where,
      { count: (intake, verdicts) => void counted.push(...verdicts.map((verdict) => `${intake} ${word(verdict)}`)) },
      config,
      quietLogger,
    );
  const record = (events: Iterable<IncomingEvent>, waitMs?: number) =>
    handler.execute(new RecordEventCommand(events, waitMs));

  const BAD = { user_id: 1 };
  const LATER = { timestamp: TEST_TIME + 2 * 86_400_000 };

  it('gives each event the verdict that it has alone, at its place, and counts them all', async () => {
    const sent = fc.oneof(
      fc.record({ event_id: fc.constantFrom('a', 'b', 'c'), session_id: fc.constantFrom('s1', 's2') }),
      fc.constant(BAD),
      fc.constant(LATER),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { maxLength: 12 }),
        fc.constantFrom(undefined, 60_000),
        async (fields, waitMs) => {
          handler = handlerOn((store = new MemoryEventStore()));
          counted = [];
          const together = await record(fields.map(incoming), waitMs);
          expect(together).toHaveLength(fields.length);
          expect(counted).toEqual(together.map((verdict) => `http ${word(verdict)}`));

          handler = handlerOn(new MemoryEventStore());
          const alone: Verdict[] = [];
          for (const one of fields) alone.push(...(await record([incoming(one)], waitMs)));
          expect(together).toEqual(alone);
          expect(store.events.facts.size).toBe(together.filter(({ status }) => status === 'recorded').length);
        },
      ),
    );
  });

  it('names the reason and the field of what is rejected before it is stored', async () => {
    const [bad, later] = await record([incoming(BAD), incoming(LATER)]);
    expect(bad).toMatchObject({ status: 'rejected', eventId: null, reason: 'schema', field: 'user_id' });
    expect(later).toMatchObject({ status: 'rejected', eventId: null, reason: 'timestamp_range', field: 'timestamp' });
    expect(store.events.facts.size).toBe(0);
  });

  it('answers nothing, and counts nothing, where there is no event', async () => {
    expect(await record([])).toEqual([]);
    expect(counted).toEqual([]);
  });

  it('keeps the neighbours of an event that it fails to examine', async () => {
    const broken: IncomingEvent = {
      ...incoming({}),
      mintKey: () => {
        throw new Error('a defect');
      },
    };
    const verdicts = await record([incoming({ event_id: 'a' }), broken, incoming({ event_id: 'b' })]);
    expect(verdicts.map(word)).toEqual(['recorded', 'unstorable', 'recorded']);
  });

  it('below the retention floor tells what the store says', async () => {
    const events = new MemoryEvents();
    events.retentionFloor = TEST_TIME + 1;
    handler = handlerOn(new MemoryEventStore(events));
    expect((await record([incoming({ event_id: 'a' })])).map(word)).toEqual(['too_old']);
  });

  it('counts late what is recorded late, at the places of the command', async () => {
    store.hold();
    const events = [incoming(BAD), incoming({ event_id: 'a' }), incoming({ event_id: 'a' })];
    const error = (await record(events, 1).catch((failure: unknown) => failure)) as OutcomeUnknown;
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error.events).toEqual([
      { index: 1, eventId: 'a' },
      { index: 2, eventId: 'a' },
    ]);
    expect(counted).toEqual([]);
    await store.letGo();
    expect((await error.outcome)!.map(word)).toEqual(['schema', 'recorded', 'duplicate']);
    await eventually(() => counted.length > 0, { ...WITHIN, what: 'they are counted' });
    expect(counted).toEqual(['http schema', 'http recorded', 'http duplicate']);
  });

  it('counts nothing of what was withdrawn: it is sent again', async () => {
    store.hold();
    const first = record([incoming({ event_id: 'first' })]);
    const error = (await record([incoming({ event_id: 'a' })], 1).catch(
      (failure: unknown) => failure,
    )) as OutcomeUnknown;
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error.outcome).toBeNull();
    await store.letGo();
    await first;
    expect(counted).toEqual(['http recorded']);
  });

  it('passes on that the store is full', async () => {
    handler = handlerOn((store = new MemoryEventStore(new MemoryEvents(), 1)));
    store.hold();
    const waiting = ['taken', 'queued'].map((event_id) => record([incoming({ event_id })]));
    await eventually(() => store.isFull(), { ...WITHIN, what: 'both wait' });
    await expect(record([incoming({ event_id: 'a' })], 60_000)).rejects.toBeInstanceOf(Overloaded);
    await store.letGo();
    await Promise.all(waiting);
    expect(counted).toEqual(['http recorded', 'http recorded']);
  });
});
