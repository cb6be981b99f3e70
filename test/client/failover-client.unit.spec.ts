import fc from 'fast-check';
import { FailoverClient, type FailoverOptions } from '../../src/client/failover/failover-client.js';
import type { Outcome } from '../../src/client/failover/outcome.js';
import { allPromises, FATES, type Post, ScriptedHost, TwoServers } from './two-servers.js';

type Script = ConstructorParameters<typeof TwoServers>[1];

function started(script: Script, options: Partial<FailoverOptions> = {}) {
  const host = new ScriptedHost();
  const servers = new TwoServers(host, script);
  const client = new FailoverClient({ primary: 'a', secondary: 'b', transport: servers, host, ...options });
  const record = (count: number, from = 0) =>
    Promise.all(Array.from({ length: count }, (_, at) => client.record({ page_url: `/${from + at}` })));
  return { host, servers, client, record };
}

const isDone = (promise: Promise<unknown>) => {
  let done = false;
  void promise.then(() => (done = true));
  return () => done;
};
const idOf = (json: string) => (JSON.parse(json) as { event_id: string }).event_id;
const fatesOf = (posts: readonly Post[]) => posts.map(({ to, fate }) => `${to} ${fate}`);

describe('FailoverClient', () => {
  it('sends to the primary alone while that answers', async () => {
    const { servers, client, record, host } = started({ a: [], b: [] });
    const outcomes = record(3);
    expect(await host.run(isDone(outcomes))).toBe(true);
    expect((await outcomes).map(({ status }) => status)).toEqual(['recorded', 'recorded', 'recorded']);
    expect(fatesOf(servers.posts)).toEqual(['a answers']);
    expect(client.statistics).toMatchObject({ recorded: 3, waiting: 0, dropped: 0 });
  });

  it.each(['refuses', 'hangs', 'fails', 'storesAndHangs', 'storesAndFails', 'signIn'] as const)(
    'a primary that %s: the same bytes go to the secondary',
    async (fate) => {
      const { servers, record, host } = started({ a: [fate], b: [] });
      const outcomes = record(2);
      expect(await host.run(isDone(outcomes))).toBe(true);
      expect(fatesOf(servers.posts)).toEqual([`a ${fate}`, 'b answers']);
      expect(servers.posts[1]!.events).toEqual(servers.posts[0]!.events);
      expect((await outcomes).map(({ status }) => status)).toEqual(['recorded', 'recorded']);
    },
  );

  it('what a region refuses (4xx) is not sent to the other', async () => {
    const { servers, record, host } = started({ a: ['forbids'], b: [] });
    const outcomes = record(1);
    await host.run(isDone(outcomes));
    expect(await outcomes).toMatchObject([{ status: 'rejected', code: 'forbidden' }]);
    expect(fatesOf(servers.posts)).toEqual(['a forbids']);
  });

  it.each([
    ['7', 7_000],
    ['Mon, 02 Feb 2026 02:40:30 GMT', 30_000],
    [null, 5_000],
    ['99999999', 600_000],
  ] as const)('429 with Retry-After %s: waits, and asks the same region', async (retryAfter, waitMs) => {
    const { servers, record, host } = started({ a: [['limits', retryAfter!]], b: [] });
    const outcomes = record(1);
    await host.run(isDone(outcomes));
    expect(await outcomes).toMatchObject([{ status: 'recorded' }]);
    expect(fatesOf(servers.posts)).toEqual(['a limits', 'a answers']);
    expect(servers.posts[1]!.at - servers.posts[0]!.at).toBe(waitMs);
  });

  it('an outage costs one time-out; a probe goes back, and no event waits for it', async () => {
    const { servers, client, record, host } = started({ a: Array<'hangs'>(5).fill('hangs'), b: [] });
    for (let turn = 0; turn < 20; turn++) {
      const outcomes = record(2, turn * 2);
      expect(await host.run(isDone(outcomes))).toBe(true);
    }
    // While nobody sends, the probes find out that it is back.
    await host.run(() => servers.probes.some(({ to, answered }) => to === 'a' && answered));
    await allPromises();
    const last = record(1, 99);
    await host.run(isDone(last));
    expect(fatesOf(servers.posts)).toEqual(['a hangs', ...Array<string>(20).fill('b answers'), 'a answers']);
    const waits = servers.probes.map(({ at }, probe) => at - (servers.probes[probe - 1]?.at ?? servers.posts[0]!.at));
    expect(waits.slice(1).every((wait, probe) => wait > waits[probe]! * 0.75)).toBe(true);
    expect(client.statistics.regions).toMatchObject({ a: { failures: 1, probes: 5 }, b: { failures: 0 } });
  });

  it.each(['refuses', 'fails'] as const)(
    'a secondary that %s once meanwhile costs less than a second more',
    async (fate) => {
      const script: Script = { a: Array<'hangs'>(9).fill('hangs'), b: [fate] };
      const { servers, host, record } = started(script, { timeoutMs: 2_000 });
      // The jitter of the second wait is the longest that there is.
      host.randomBytes = () => Uint8Array.of(255);
      const outcomes = record(1);
      expect(await host.run(isDone(outcomes))).toBe(true);
      expect(fatesOf(servers.posts)).toEqual(['a hangs', `b ${fate}`, 'b answers']);
      expect(servers.posts[2]!.at - servers.posts[0]!.at).toBeLessThan(3_000);
    },
  );

  it('with both regions away events wait, and arrive when one is back', async () => {
    const { servers, record, host } = started({ a: ['refuses', 'refuses', 'refuses'], b: ['fails', 'fails'] });
    const outcomes = record(4);
    expect(await host.run(isDone(outcomes))).toBe(true);
    expect(servers.stored.b!.size + servers.stored.a!.size).toBe(4);
  });

  it('the queue is bounded: what does not fit is dropped and counted, and room says when to go on', async () => {
    const { servers, client, record, host } = started({ a: [], b: [] }, { queueLimit: 3 });
    const room = isDone(client.room());
    const outcomes = await Promise.all([record(5), host.run(() => servers.stored.a!.size === 3)]);
    expect(outcomes[0].map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('recorded'),
      'dropped',
      'dropped',
    ]);
    expect(client.statistics).toMatchObject({ recorded: 3, dropped: 2, waiting: 0 });
    expect(room()).toBe(true);
    for (let turn = 0; turn < 10; turn++) {
      await client.room();
      void client.record({ page_url: `/${turn}` });
      if (turn % 3 === 2) await host.run(() => client.statistics.waiting === 0);
    }
    await host.run(() => client.statistics.waiting === 0);
    expect(client.statistics).toMatchObject({ recorded: 13, dropped: 2 });
  });

  it('room waits while the queue is full', async () => {
    const { client, record, host } = started({ a: ['hangs'], b: [] }, { queueLimit: 2 });
    void record(2);
    const room = isDone(client.room());
    await allPromises();
    expect(room()).toBe(false);
    expect(await host.run(room)).toBe(true);
  });

  it('bodies keep to their bounds, and an event that is above them goes alone', async () => {
    const { servers, client, host } = started({ a: [], b: [] }, { batchBytes: 400, batchEvents: 3 });
    const urls = ['/1', '/2', '/3', '/4', `/ñ${'x'.repeat(500)}`, '/5'];
    const outcomes = Promise.all(urls.map((page_url) => client.record({ page_url })));
    expect(await host.run(isDone(outcomes))).toBe(true);
    expect(servers.posts.map(({ events }) => events.length)).toEqual([3, 1, 1, 1]);
  });

  it('keeps an id and a time that are there, and gives others once', async () => {
    const { servers, client, host } = started({ a: ['fails'], b: [] });
    const outcomes = Promise.all([
      client.record({ event_id: 'order-1', timestamp: 1_700_000_000_000 }),
      client.record({ page_url: '/' }),
    ]);
    await host.run(isDone(outcomes));
    const [own, given] = servers.posts[1]!.events.map((json) => JSON.parse(json) as Record<string, unknown>);
    expect(own).toEqual({ event_id: 'order-1', timestamp: 1_700_000_000_000 });
    expect(given!.event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(given!.timestamp).toBe(1_770_000_000_000);
  });

  it('what is not confirmed can be taken out and recorded by another client, as the same events', async () => {
    const first = started({ a: ['storesAndHangs'], b: [] });
    void first.record(2);
    await allPromises();
    await first.host.run(() => first.servers.stored.a!.size === 2, 5);
    const kept = first.client.unconfirmed;
    expect(kept.map(idOf)).toEqual([...first.servers.stored.a!.keys()]);
    first.client.close();
    const second = new FailoverClient({ primary: 'a', transport: first.servers, host: first.host });
    const outcomes = Promise.all(kept.map((json) => second.record(JSON.parse(json) as Record<string, unknown>)));
    await first.host.run(isDone(outcomes));
    expect((await outcomes).map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);
  });

  it('closed, it drops what waits, takes nothing more and leaves no timer', async () => {
    const { servers, client, record, host } = started({ a: ['refuses'], b: ['refuses'] });
    const outcomes = record(2);
    await host.run(() => servers.posts.length === 2);
    await allPromises();
    client.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['dropped', 'dropped']);
    expect(await client.record({ page_url: '/late' })).toMatchObject({ status: 'dropped' });
    expect(client.statistics).toMatchObject({ dropped: 3, waiting: 0 });
    const asked = servers.posts.length + servers.probes.length;
    expect(await host.run(() => false)).toBe(false);
    expect(servers.posts.length + servers.probes.length).toBe(asked);
  });

  describe('whatever two servers do', () => {
    const fates = fc.array(fc.constantFrom(...FATES, 'limits' as const), { maxLength: 12 });
    const runs = fc.record({
      a: fates,
      b: fates,
      turns: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 8 }),
    });

    it('an acknowledged event is on a side, under one id and in one form; the primary is asked first', async () => {
      await fc.assert(
        fc.asyncProperty(runs, async ({ a, b, turns }) => {
          const { servers, client, record, host } = started({ a: [...a], b: [...b] }, { batchEvents: 4 });
          const outcomes: Outcome[] = [];
          for (const [turn, count] of turns.entries()) {
            const some = record(count, turn * 10);
            expect(await host.run(isDone(some))).toBe(true);
            outcomes.push(...(await some));
          }
          const all = turns.reduce((sum, count) => sum + count, 0);
          expect(new Set(outcomes.map(({ event_id }) => event_id)).size).toBe(all);
          for (const { event_id, status } of outcomes) {
            expect(['recorded', 'duplicate']).toContain(status);
            expect(servers.stored.a!.has(event_id) || servers.stored.b!.has(event_id)).toBe(true);
          }
          const forms = new Map<string, string>();
          for (const json of servers.posts.flatMap(({ events }) => events)) {
            expect(forms.get(idOf(json)) ?? json).toBe(json);
            forms.set(idOf(json), json);
          }
          expect(forms.size).toBe(all);
          expectOrder(servers);
          expect(client.statistics.waiting).toBe(0);
        }),
        { numRuns: 150 },
      );
    });
  });
});

const FAILED = /refuses|fails|hangs|signIn/i;

/** The secondary is asked only while the primary is away, and a region that is away gets probes alone. */
function expectOrder({ posts, probes }: TwoServers): void {
  const usable: Record<string, boolean> = { a: true, b: true };
  const asked = [
    ...posts.map((post) => ({ ...post, answered: null })),
    ...probes.map((probe) => ({ ...probe, fate: null })),
  ].sort((one, other) => one.at - other.at || Number(one.fate !== null) - Number(other.fate !== null));
  for (const { to, fate, answered } of asked) {
    if (fate === null) {
      expect(usable[to]).toBe(false);
      usable[to] = answered;
    } else {
      expect(usable[to]).toBe(true);
      if (to === 'b') expect(usable.a).toBe(false);
      if (FAILED.test(fate)) usable[to] = false;
    }
  }
}
