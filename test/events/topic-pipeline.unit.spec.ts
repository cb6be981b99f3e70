import fc from 'fast-check';
import { EVENTS_FAILPOINTS } from '../../src/events/events.failpoints.js';
import { TopicPipeline } from '../../src/events/infrastructure/pulsar/topic-pipeline.js';
import { armFailpoint, parseFailpoint } from '../../src/platform/failpoint.js';
import { Subscription, type ReceivedMessage } from '../../src/platform/pulsar/message-broker.port.js';

/** The steps of one run: numbers are those of the batches, in the order in which they were received. */
interface Seen {
  readonly begun: number[];
  readonly settled: Set<number>;
  readonly acknowledged: number[];
  readonly mostAtOnce: number;
  /** How many had begun when the first was given up; null: none was. */
  readonly begunByThen: number | null;
  readonly abandoned: unknown;
}

/** A subscription of so many batches, a message each, and then of nothing: as after its close. */
class ScriptedSubscription extends Subscription {
  readonly acknowledged: number[] = [];
  private next = 0;

  constructor(private readonly batches: number) {
    super();
  }

  receive(): Promise<ReceivedMessage[]> {
    return Promise.resolve(this.next < this.batches ? [{ receipt: this.next++ } as ReceivedMessage] : []);
  }

  acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    this.acknowledged.push(batchOf(messages));
    return Promise.resolve();
  }

  positions = () => Promise.resolve([]);
  state = () => ({ connected: true, reason: null });
  close = () => Promise.resolve();
}

const batchOf = ([message]: readonly ReceivedMessage[]): number => message!.receipt as number;

/** Runs to its end, while the scheduler settles batches in an order of its own. @param failing batches that PostgreSQL gives up */
async function run(
  scheduler: fc.Scheduler,
  batches: number,
  failing: ReadonlySet<number>,
  ordered: boolean,
): Promise<Seen> {
  const subscription = new ScriptedSubscription(batches);
  const begun: number[] = [];
  const settled = new Set<number>();
  let [atOnce, mostAtOnce] = [0, 0];
  let begunByThen: number | null = null;
  const settle = async (messages: readonly ReceivedMessage[]): Promise<void> => {
    const batch = batchOf(messages);
    begun.push(batch);
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await scheduler.schedule(Promise.resolve(), `batch ${batch}`);
    atOnce -= 1;
    if (failing.has(batch)) {
      begunByThen ??= begun.length;
      throw new Error(`batch ${batch} is given up`);
    }
    settled.add(batch);
  };
  const pipeline = new TopicPipeline(subscription, settle, ordered);
  const ended = pipeline.run().then(() => pipeline.stop());
  await scheduler.waitFor(ended);
  return {
    begun,
    settled,
    acknowledged: subscription.acknowledged,
    mostAtOnce,
    begunByThen,
    abandoned: pipeline.abandoned,
  };
}

const batches = fc.integer({ min: 0, max: 12 });
const failing = fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 2 }).map((list) => new Set(list));

describe('the way of a topic', () => {
  it('in any order of settling: what is acknowledged was settled, once, and what was settled is acknowledged (Shared)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), batches, failing, async (scheduler, count, fail) => {
        const { begun, settled, acknowledged } = await run(scheduler, count, fail, false);
        expect([...acknowledged].sort((a, b) => a - b)).toEqual([...settled].sort((a, b) => a - b));
        expect(begun).toEqual(begun.map((_, index) => index));
        if (![...fail].some((batch) => batch < count)) expect(acknowledged).toHaveLength(count);
      }),
    );
  });

  it('acknowledges in the order received, and nothing behind a batch that was given up (Failover)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), batches, failing, async (scheduler, count, fail) => {
        const { acknowledged, settled } = await run(scheduler, count, fail, true);
        // A cumulative acknowledgement covers all before it: they must be settled, each of them.
        expect(acknowledged).toEqual(acknowledged.map((_, index) => index));
        expect(acknowledged.every((batch) => settled.has(batch))).toBe(true);
        const firstGivenUp = Math.min(count, ...fail);
        expect(acknowledged.length).toBeLessThanOrEqual(firstGivenUp);
        if (firstGivenUp === count) expect(acknowledged).toHaveLength(count);
      }),
    );
  });

  it('has four batches in flight at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, ordered) => {
        expect((await run(scheduler, 12, new Set(), ordered)).mostAtOnce).toBe(4);
      }),
      { numRuns: 20 },
    );
  });

  it('begins nothing more once a batch was given up, and says why', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { begun, begunByThen, abandoned } = await run(scheduler, 40, new Set([0]), false);
        expect(abandoned).toEqual(new Error('batch 0 is given up'));
        // One may have been handed over in that moment.
        expect(begun.length).toBeLessThanOrEqual(begunByThen! + 1);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves with the broker what arrives after it was stopped', async () => {
    let arrive: (messages: ReceivedMessage[]) => void = () => undefined;
    const subscription = new ScriptedSubscription(0);
    subscription.receive = () => new Promise((resolve) => (arrive = resolve));
    const begun: number[] = [];
    const settle = (messages: readonly ReceivedMessage[]) => Promise.resolve(void begun.push(batchOf(messages)));
    const pipeline = new TopicPipeline(subscription, settle, false);
    const running = pipeline.run();
    await pipeline.stop();
    arrive([{ receipt: 7 } as unknown as ReceivedMessage]);
    await running;
    expect([begun, subscription.acknowledged]).toEqual([[], []]);
  });

  it('ends with its subscription, and gave up nothing', async () => {
    const subscription = new ScriptedSubscription(3);
    const pipeline = new TopicPipeline(subscription, () => Promise.resolve(), false);
    await pipeline.run();
    await pipeline.stop();
    expect([subscription.acknowledged, pipeline.abandoned]).toEqual([[0, 1, 2], null]);
  });

  it('is stopped when all that was begun is acknowledged, and not before', async () => {
    const subscription = new ScriptedSubscription(1);
    let settle = () => {};
    const pipeline = new TopicPipeline(subscription, () => new Promise((resolve) => (settle = resolve)), false);
    await pipeline.run();
    const stopped = pipeline.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, nextTurn('still at work')])).toBe('still at work');
    settle();
    expect([await stopped, subscription.acknowledged]).toEqual(['stopped', [0]]);
  });

  it.each([
    ['after_receive', 0],
    ['before_acknowledge', 1],
  ])('can be stopped by a failpoint at %s: %i settled, none acknowledged', async (name, settled) => {
    armFailpoint(parseFailpoint(EVENTS_FAILPOINTS)(`${name}:stall`));
    try {
      const subscription = new ScriptedSubscription(1);
      let count = 0;
      await new TopicPipeline(subscription, () => Promise.resolve(void (count += 1)), false).run();
      await nextTurn();
      expect([count, subscription.acknowledged]).toEqual([settled, []]);
    } finally {
      armFailpoint(null);
    }
  });
});

const nextTurn = <T>(value?: T): Promise<T | undefined> => new Promise((resolve) => setImmediate(() => resolve(value)));
