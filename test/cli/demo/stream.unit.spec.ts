import { DemoStream } from '../../../src/cli/demo/stream.js';
import { progressLine } from '../../../src/cli/demo/progress.js';
import type { DemoEvent } from '../../../src/cli/demo/visitor.js';
import { Publisher, type OutgoingMessage } from '../../../src/platform/pulsar/message-broker.port.js';
import { clickPayload, salePayload } from '../../support/events.js';

/** Takes what it is given, unless told to refuse it so many times. */
class FakePublisher extends Publisher {
  readonly taken: OutgoingMessage[] = [];
  refusals = 0;
  hold: Promise<void> = Promise.resolve();

  async publish(message: OutgoingMessage): Promise<string> {
    await this.hold;
    if (this.refusals-- > 0) throw new Error('refused');
    this.taken.push(message);
    return '1:1:-1:0';
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

let publishers: Record<'click' | 'conversion' | 'sale', FakePublisher>;
let stopping: AbortController;
let events: DemoEvent[];

const stream = () => {
  let n = 0;
  return new DemoStream(publishers, () => events[n++ % events.length] as DemoEvent);
};

beforeEach(() => {
  publishers = { click: new FakePublisher(), conversion: new FakePublisher(), sale: new FakePublisher() };
  stopping = new AbortController();
  events = [
    { type: 'click', userId: 'a', payload: clickPayload({ user_id: 'a' }) },
    { type: 'sale', userId: 'b', payload: salePayload({ user_id: 'b' }) },
  ];
});

const run = (demo: DemoStream, options: { rate: number; durationMs: number; patienceMs?: number }) =>
  demo.run({ patienceMs: 5_000, ...options, signal: stopping.signal });

test('publishes rate × duration events, each to the topic of its type, with the user as key', async () => {
  const demo = stream();
  await run(demo, { rate: 100, durationMs: 300 });
  expect(demo.totals()).toEqual({
    published: 30,
    confirmed: 30,
    failed: 0,
    byType: { click: 15, conversion: 0, sale: 15 },
  });
  expect(publishers.click.taken[0]).toEqual({ data: Buffer.from(JSON.stringify(events[0]?.payload)), key: 'a' });
  expect(publishers.sale.taken.every(({ key }) => key === 'b')).toBe(true);
});

test('a refused message is sent again, the same bytes', async () => {
  publishers.click.refusals = 1;
  const demo = stream();
  await run(demo, { rate: 20, durationMs: 100 });
  expect(demo.totals()).toMatchObject({ published: 2, confirmed: 2, failed: 0 });
  expect(publishers.click.taken).toHaveLength(1);
});

test('waits while too much is unconfirmed, and no longer than its patience for the rest', async () => {
  publishers.click.hold = publishers.sale.hold = new Promise(() => undefined);
  const demo = stream();
  await run(demo, { rate: 1_000_000, durationMs: 200, patienceMs: 50 });
  expect(demo.totals()).toMatchObject({ published: 5_000, confirmed: 0 });
});

test('what is given all at once goes out as fast as it is taken, and the rate holds for what follows', async () => {
  const demo = stream();
  await demo.runAll([...events, ...events], { patienceMs: 5_000, signal: stopping.signal });
  expect(demo.totals()).toMatchObject({ published: 4, confirmed: 4 });
  await run(demo, { rate: 20, durationMs: 100 });
  expect(demo.totals()).toMatchObject({ published: 6, confirmed: 6 });
});

test('a signal ends it', async () => {
  const demo = stream();
  setTimeout(() => stopping.abort(), 120);
  await run(demo, { rate: 100, durationMs: Infinity });
  const { published, confirmed } = demo.totals();
  expect(published).toBeGreaterThan(0);
  expect(confirmed).toBe(published);
});

test('the progress line', () => {
  const totals = { published: 1500, confirmed: 1480, failed: 0, byType: { click: 1400, conversion: 60, sale: 20 } };
  expect(progressLine(totals, 30)).toBe(
    'published 1,500 · confirmed 1,480 · 49/s · clicks 1,400, conversions 60, sales 20',
  );
  expect(progressLine({ ...totals, failed: 3 }, 0)).toMatch(/ 0\/s .* failed 3$/);
});
