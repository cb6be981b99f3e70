import type { CommandBus } from '@nestjs/cqrs';
import fc from 'fast-check';
import { DeadLetterNotFound } from '../../../src/dead-letters/application/get-dead-letter.query.js';
import {
  LetterErased,
  ReplayConflict,
  ReplayDeadLetterCommand,
  ReplayDeadLetterHandler,
} from '../../../src/dead-letters/application/replay-dead-letter.command.js';
import {
  ReplayDeadLettersCommand,
  ReplayDeadLettersHandler,
} from '../../../src/dead-letters/application/replay-dead-letters.command.js';
import { Replayer } from '../../../src/dead-letters/application/replayer.js';
import { OutcomeUnknown } from '../../../src/events/application/event-store.port.js';
import { type RecordEventCommand, RecordEventHandler } from '../../../src/events/application/record-event.command.js';
import { topicOf } from '../../../src/events/application/topic-of.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { MemoryEventStore } from '../../events/memory-event-store.js';
import { quietLogger, slices } from '../../support/application.js';
import { encoded, TEST_TIME, testUuid } from '../../support/events.js';
import { eventually } from '../../support/waiting.js';
import { type KeptLetter, MemoryReplays } from './memory-replays.js';

const config = loadConfig(slices, {}).with({ MAX_EVENT_AGE_DAYS: 36_500 });
const CLICKS = topicOf('click', config);
const GOOD = { user_id: 'u', timestamp: TEST_TIME };
const BAD = { user_id: 1 };

const letterOf = (n: number, payload: object, more: Partial<KeptLetter> = {}): KeptLetter => ({
  id: testUuid(n),
  originKey: testUuid(10_000 + n),
  reason: 'schema',
  topic: CLICKS,
  messageId: `1:${n}:-1:-1`,
  publishedAt: TEST_TIME,
  eventTime: null,
  properties: {},
  payload: encoded(payload),
  unopened: false,
  recordedAs: null,
  firstSeen: TEST_TIME + (n >> 1), // two of each time
  ...more,
});

describe('replays of dead letters', () => {
  let replays: MemoryReplays;
  let store: MemoryEventStore;
  let one: ReplayDeadLetterHandler;
  let many: ReplayDeadLettersHandler;
  /** Milliseconds that a replay waits for storage; of a test. */
  let patience: number;

  beforeEach(() => anew());

  function anew(): void {
    replays = new MemoryReplays();
    store = new MemoryEventStore();
    patience = 60_000;
    const handler = new RecordEventHandler(store, { count: () => undefined }, config, quietLogger);
    const commands = {
      execute: ({ events }: RecordEventCommand) => handler.execute({ events, waitMs: patience } as RecordEventCommand),
    } as unknown as CommandBus;
    const replayer = new Replayer(commands, replays, config, quietLogger);
    one = new ReplayDeadLetterHandler(replays, replayer);
    many = new ReplayDeadLettersHandler(replays, replayer);
  }

  const replay = (n: number, correction: object | null = null) =>
    one.execute(new ReplayDeadLetterCommand(testUuid(n), correction && encoded(correction)));
  const replayAll = (limit: number, cursor: string | null = null, topic: string | null = null) =>
    many.execute(new ReplayDeadLettersCommand({ reason: 'schema', topic }, limit, cursor));
  const recordedIds = () => [...store.events.facts.values()].map(({ event }) => event.eventId).sort();

  describe('of one', () => {
    it('records its own bytes under the identity that the message had', async () => {
      replays.add(letterOf(1, GOOD));
      const { verdict, standing } = await replay(1);
      expect(verdict).toEqual({ status: 'recorded', eventId: testUuid(10_001) });
      expect(standing).toMatchObject({ state: 'replayed', attempts: 1, event_id: testUuid(10_001) });
      const [event] = [...store.events.facts.values()].map((recorded) => recorded.event);
      expect([event?.deadLetterId, event?.receivedAt]).toEqual([testUuid(1), TEST_TIME]);
    });

    it('writes down anew why it is refused again, and leaves it open', async () => {
      replays.add(letterOf(1, BAD));
      const { verdict, standing } = await replay(1);
      expect([verdict.status, standing.state, standing.attempts]).toEqual(['rejected', 'open', 1]);
      expect(replays.refusals.get(testUuid(1))).toMatchObject({
        reason: 'schema',
        detail: expect.stringMatching(/^user_id: /) as string,
      });
      expect(replays.claimed.size).toBe(0);
    });

    it('keeps its stored reason where it was a correction that is refused', async () => {
      replays.add(letterOf(1, BAD));
      expect((await replay(1, { user_id: 2 })).verdict.status).toBe('rejected');
      expect(replays.refusals.get(testUuid(1))).toBeNull();
      expect((await replay(1, { ...GOOD, event_id: 'e' })).verdict).toEqual({ status: 'recorded', eventId: 'e' });
    });

    it('that is replayed already answers duplicate, whatever the correction', async () => {
      replays.add(letterOf(1, GOOD));
      await replay(1);
      const again = await replay(1, { ...GOOD, event_id: 'another' });
      expect(again).toMatchObject({
        verdict: { status: 'duplicate', eventId: testUuid(10_001) },
        standing: { state: 'replayed', attempts: 1 },
      });
      expect(store.events.facts.size).toBe(1);
    });

    it('that became an event before its replay could write that down records nothing more', async () => {
      replays.add(letterOf(1, GOOD, { recordedAs: 'before' }));
      const { verdict, standing } = await replay(1);
      expect([verdict, standing.event_id]).toEqual([{ status: 'duplicate', eventId: 'before' }, 'before']);
      expect(store.events.facts.size).toBe(0);
    });

    it('that is not there, in the hands of another, or erased, says so', async () => {
      await expect(replay(1)).rejects.toThrow(DeadLetterNotFound);
      replays.add(letterOf(1, GOOD), letterOf(2, GOOD));
      await replays.claim([testUuid(1)]);
      await expect(replay(1)).rejects.toThrow(ReplayConflict);
      replays.standings.set(testUuid(2), { ...replays.standings.get(testUuid(2))!, state: 'erased' });
      await expect(replay(2)).rejects.toThrow(LetterErased);
    });

    it('whose claim ran out meanwhile answers how the letter stands', async () => {
      replays.add(letterOf(1, GOOD));
      const concluded = {
        id: testUuid(1),
        state: 'replayed',
        attempts: 1,
        replayed_at: null,
        event_id: 'by-another',
      } as const;
      replays.beforeConclude = () => replays.standings.set(testUuid(1), concluded);
      expect(await replay(1)).toEqual({ verdict: { status: 'duplicate', eventId: 'by-another' }, standing: concluded });
    });
  });

  describe('whose outcome is not known in time', () => {
    beforeEach(() => {
      patience = 1;
      replays.add(letterOf(1, GOOD), letterOf(2, GOOD, { recordedAs: 'before' }), letterOf(3, BAD));
      store.hold();
    });

    it('gives back all that it claimed, and writes down later what was recorded, and that alone', async () => {
      await expect(replayAll(10)).rejects.toBeInstanceOf(OutcomeUnknown);
      expect(replays.released.sort()).toEqual([testUuid(1), testUuid(2), testUuid(3)]);
      await store.letGo();
      await eventually(() => replays.standings.get(testUuid(1))!.state === 'replayed', {
        within: 5_000,
        what: 'it is written down',
      });
      expect([2, 3].map((n) => replays.standings.get(testUuid(n))!.attempts)).toEqual([0, 0]);
    });

    it('says so also where the letters cannot be given back', async () => {
      replays.release = () => Promise.reject(new Error('PostgreSQL is away'));
      await expect(replayAll(10)).rejects.toBeInstanceOf(OutcomeUnknown);
    });

    it('is found out by the next replay where it cannot be written down', async () => {
      let tried = 0;
      replays.beforeConclude = () => {
        tried += 1;
        throw new Error('PostgreSQL is away');
      };
      await expect(replayAll(10)).rejects.toBeInstanceOf(OutcomeUnknown);
      await store.letGo();
      await eventually(() => tried === 1, { within: 5_000, what: 'it was tried' });
      expect(replays.standings.get(testUuid(1))!.state).toBe('open');
      replays.beforeConclude = () => undefined;
      expect(await replayAll(10)).toMatchObject({ recorded: 0, duplicate: 2, rejected: 1 });
    });
  });

  describe('of many', () => {
    it('take each letter once, oldest first, in any number of calls', async () => {
      const kind = fc.constantFrom('good', 'bad', 'before', 'claimed');
      await fc.assert(
        fc.asyncProperty(fc.array(kind, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (kinds, limit) => {
          anew();
          kinds.forEach((what, n) =>
            replays.add(
              letterOf(n, what === 'bad' ? BAD : GOOD, { recordedAs: what === 'before' ? `before-${n}` : null }),
            ),
          );
          const held = kinds.flatMap((what, n) => (what === 'claimed' ? [testUuid(n)] : []));
          await replays.claim(held);
          const sum = { recorded: 0, duplicate: 0, rejected: 0, skipped: 0 };
          let cursor: string | null = null;
          for (let calls = 0; calls === 0 || cursor !== null; calls += 1) {
            expect(calls).toBeLessThanOrEqual(kinds.length);
            const { next_cursor, ...tally } = await replayAll(limit, cursor);
            for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += tally[name];
            cursor = next_cursor;
          }
          const count = (wanted: string) => kinds.filter((what) => what === wanted).length;
          expect(sum).toEqual({
            recorded: count('good'),
            duplicate: count('before'),
            rejected: count('bad'),
            skipped: count('claimed'),
          });
          expect(recordedIds()).toEqual(
            kinds.flatMap((what, n) => (what === 'good' ? [testUuid(10_000 + n)] : [])).sort(),
          );
          expect([...replays.claimed].sort()).toEqual(held.sort());
        }),
      );
    });

    it('leave those of another reason or topic', async () => {
      const other = 'persistent://public/default/other';
      replays.add(letterOf(1, GOOD), letterOf(2, GOOD, { reason: 'too_large' }), letterOf(3, GOOD, { topic: other }));
      expect(await replayAll(10, null, CLICKS)).toMatchObject({ recorded: 1, next_cursor: null });
      expect(recordedIds()).toEqual([testUuid(10_001)]);
    });

    it('count as skipped what somebody else concluded meanwhile', async () => {
      replays.add(letterOf(1, GOOD), letterOf(2, GOOD));
      replays.beforeConclude = () =>
        replays.standings.set(testUuid(1), { ...replays.standings.get(testUuid(1))!, state: 'replayed' });
      expect(await replayAll(10)).toMatchObject({ recorded: 1, skipped: 1 });
    });

    it('look further than one page', async () => {
      replays.add(...Array.from({ length: 1_201 }, (_, n) => letterOf(n, BAD)));
      const first = await replayAll(1_100);
      expect(first).toMatchObject({ rejected: 1_100, skipped: 0 });
      expect(await replayAll(1_100, first.next_cursor)).toMatchObject({ rejected: 101, next_cursor: null });
    });
  });
});
