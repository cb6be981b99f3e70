import { pastVisits } from '../../../src/cli/demo/past-visits.js';
import { Visitors, type DemoEvent } from '../../../src/cli/demo/visitor.js';
import { TrackedEvent } from '../../../src/events/domain/tracked-event.js';
import { encoded, TEST_TIME, testUuid } from '../../support/events.js';

/** A linear congruential generator: the same numbers in every run. */
function fixedChance(seed = 1) {
  let state = seed;
  let ids = 0;
  return {
    random: () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647,
    uuid: () => testUuid(ids++),
  };
}

const take = (count: number, users: number, seed?: number): DemoEvent[] => {
  const visitors = new Visitors(users, fixedChance(seed));
  return Array.from({ length: count }, (_, second) => visitors.next(TEST_TIME + second * 1000));
};

const share = (events: readonly DemoEvent[], fits: (event: DemoEvent) => boolean) =>
  events.filter(fits).length / events.length;

test('every event can be recorded, as the type of its topic, with its own id and time', () => {
  const events = take(3000, 40);
  const recorded = events.map(({ type, payload }) =>
    TrackedEvent.record(
      {
        body: encoded(payload),
        intake: 'pulsar',
        eventType: type,
        receivedAt: TEST_TIME,
        fallbackTime: 0,
        attributes: {},
        mintKey: () => 'never',
        messageId: null,
        userAgent: null,
      },
      { maxEventAgeDays: 400 },
    ),
  );
  expect(new Set(recorded.map(({ eventId }) => eventId)).size).toBe(3000);
  expect(recorded.map(({ occurredAt }) => occurredAt)).toEqual(events.map((_, second) => TEST_TIME + second * 1000));
  expect(recorded.every(({ properties }) => properties === null)).toBe(true);
});

test('looks like a shop: mostly clicks, some votes, a few sign-ups, fewer sales', () => {
  const events = take(20_000, 100);
  const conversions = share(events, ({ type }) => type === 'conversion');
  const sales = share(events, ({ type }) => type === 'sale');
  expect(conversions).toBeGreaterThan(0.02);
  expect(conversions).toBeLessThan(0.15);
  expect(sales).toBeGreaterThan(0.005);
  expect(sales).toBeLessThan(conversions);
  expect(share(events, ({ payload }) => 'reaction' in payload)).toBeCloseTo(0.04, 2);
});

test('a visitor keeps its id through several sessions, and works on one screen', () => {
  const events = take(500, 1);
  expect(new Set(events.map(({ userId }) => userId)).size).toBe(1);
  expect(new Set(events.map(({ payload }) => payload.session_id)).size).toBeGreaterThan(5);
  expect(new Set(events.flatMap(({ payload }) => payload.viewport_width ?? [])).size).toBe(1);
});

test('a page is looked at before anything is done on it, and what is done belongs to that view', () => {
  const events = take(500, 1).filter(({ payload }) => !('reaction' in payload));
  const looks = events.flatMap(({ payload }, at) => (payload.interaction === 'view' ? [at] : []));
  expect(looks.length).toBeGreaterThan(200);
  for (const at of looks.slice(0, -1)) {
    const [view, next] = [events[at]!.payload, events[at + 1]!.payload];
    expect([next.session_id, next.url]).toEqual([view.session_id, view.url]);
    if ('x' in next) expect(next.view_id).toBe(view.view_id);
  }
  expect(new Set(looks.map((at) => events[at]!.payload.view_id)).size).toBe(looks.length);
});

describe('visits of the days before', () => {
  const DAYS = 14;
  const DAY_MS = 86_400_000;
  const past = (users: number, days = DAYS) => {
    const chance = fixedChance(5);
    const { visitors } = new Visitors(users, chance);
    return [...pastVisits(visitors, days, TEST_TIME, chance)];
  };
  const timeOf = ({ payload }: DemoEvent) => payload.timestamp as number;

  test('lie on the days that were asked for, and some visitors come back', () => {
    const events = past(100);
    for (const event of events) {
      expect(timeOf(event)).toBeLessThan(TEST_TIME);
      expect(timeOf(event)).toBeGreaterThan(TEST_TIME - (DAYS + 1) * DAY_MS);
    }
    const daysOf = (user: string) =>
      new Set(events.filter(({ userId }) => userId === user).map((one) => Math.floor(timeOf(one) / DAY_MS))).size;
    const users = [...new Set(events.map(({ userId }) => userId))];
    expect(users).toHaveLength(100);
    expect(users.filter((user) => daysOf(user) > 1).length).toBeGreaterThan(30);
    expect(users.filter((user) => daysOf(user) === 1).length).toBeGreaterThan(10);
  });

  test('belong to sessions of their own, each within hours', () => {
    const timesOf = new Map<unknown, number[]>();
    for (const event of past(40)) {
      const { session_id } = event.payload;
      timesOf.set(session_id, [...(timesOf.get(session_id) ?? []), timeOf(event)]);
    }
    expect(timesOf.size).toBeGreaterThan(40);
    for (const times of timesOf.values()) {
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(DAY_MS / 8);
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }
  });

  test('are none where none are wanted', () => {
    expect(past(10, 0)).toEqual([]);
  });
});

test('the same chance gives the same stream', () => {
  expect(take(200, 10, 7)).toEqual(take(200, 10, 7));
  expect(take(200, 10, 7)).not.toEqual(take(200, 10, 8));
});
