import { MessagesInHand } from '../../../src/events/infrastructure/pulsar/lag/messages-in-hand.js';
import { BLIND_AFTER_MS, FOUND_WITHIN_MS, TopicLag } from '../../../src/events/infrastructure/pulsar/lag/topic-lag.js';
import { TopicWatch } from '../../../src/events/infrastructure/pulsar/lag/topic-watch.js';
import type { SubscriptionPosition } from '../../../src/platform/pulsar/message-broker.port.js';

const position = (partition: number, published: number, settled: number, delayed = 0): SubscriptionPosition => ({
  partition,
  last: { ledger: 1n, entry: BigInt(published - 1) },
  settled: { ledger: 1n, entry: BigInt(settled - 1) },
  added: BigInt(published),
  waiting: BigInt(published - settled),
  delayed: BigInt(delayed),
});

describe('the lag of a topic', () => {
  it('is that of the partition furthest behind; delayed ones are added up; one that stands still is enough', () => {
    const lag = new TopicLag(new MessagesInHand());
    lag.tell(0, [position(0, 5, 5), position(1, 5, 5), position(2, 7, 5, 2)]);
    expect(lag.at(0)).toEqual({ lagMs: 0, delayed: 2, stillMs: 0, terminated: [], unseen: null });
    for (const at of [1000, 2000, 3000])
      lag.tell(at, [position(0, 5 + at, 5 + at), position(1, 9, 5, 1), position(2, 7, 5, 2)]);
    expect(lag.at(3000)).toMatchObject({ lagMs: 3000, delayed: 3, stillMs: 2000 });
  });

  it('is not known while that of one partition is not; a partition that has gone has no say', () => {
    const lag = new TopicLag(new MessagesInHand());
    lag.tell(0, [position(0, 5, 5), position(1, 5, 3)]);
    expect(lag.at(0)).toMatchObject({ lagMs: null, stillMs: 0 });
    lag.tell(1000, [position(0, 5, 5)]);
    expect(lag.at(1000)).toMatchObject({ lagMs: 0 });
  });

  it('a partition that was added stands still only once every client must have found it', () => {
    const lag = new TopicLag(new MessagesInHand());
    const added = () => [position(0, 5, 5), position(1, 3, 0)];
    lag.tell(0, [position(0, 5, 5)]);
    for (const at of [1000, FOUND_WITHIN_MS, 1000 + FOUND_WITHIN_MS]) lag.tell(at, added());
    expect(lag.at(1000 + FOUND_WITHIN_MS)).toMatchObject({ lagMs: null, stillMs: 0 });
    lag.tell(3000 + FOUND_WITHIN_MS, added());
    expect(lag.at(3000 + FOUND_WITHIN_MS)).toMatchObject({ stillMs: 2000 });
    lag.tell(4000 + FOUND_WITHIN_MS, [position(0, 5, 5), position(1, 4, 3)]);
    expect(lag.at(5000 + FOUND_WITHIN_MS)).toMatchObject({ stillMs: 1000 });
  });

  it('what is in hand of one partition is none of another', () => {
    const inHand = new MessagesInHand();
    const lag = new TopicLag(inHand);
    const settled = inHand.begin([{ messageId: '1:5:0:-1' }, { messageId: '1:5:0:1' }, { messageId: '1:3:2:0' }]);
    expect([0, 1, 2].map((partition) => inHand.of(partition))).toEqual([
      { open: 2, settled: 0 },
      { open: 0, settled: 0 },
      { open: 1, settled: 0 },
    ]);
    for (const at of [0, 1000, 2000]) lag.tell(at, [position(0, 6, 5), position(1, 6, 5)]);
    expect(lag.at(2000).stillMs).toBe(2000);
    const other = new TopicLag(inHand);
    for (const at of [0, 1000, 2000]) other.tell(at, [position(0, 6, 5)]);
    expect(other.at(2000).stillMs).toBe(0);
    settled();
    expect(inHand.of(0)).toEqual({ open: 0, settled: 2 });
  });

  it('without answers it grows, and is not known after ten seconds: the reason is said', () => {
    const lag = new TopicLag(new MessagesInHand());
    expect(lag.at(0)).toEqual({ lagMs: null, delayed: 0, stillMs: null, terminated: [], unseen: null });
    lag.tell(1000, [position(-1, 5, 5, 0)]);
    lag.lose('refused');
    expect(lag.at(4000)).toMatchObject({ lagMs: 3000, delayed: 0, stillMs: 0, unseen: null });
    expect(lag.at(1000 + BLIND_AFTER_MS + 1)).toMatchObject({ lagMs: null, stillMs: null, unseen: 'refused' });
    lag.tell(20_000, [position(-1, 5, 5)]);
    expect(lag.at(20_500)).toMatchObject({ lagMs: 0, delayed: 0, stillMs: 0, unseen: null });
  });

  it('says which partitions are terminated once all of them is settled, also where one question has no answer', () => {
    const lag = new TopicLag(new MessagesInHand());
    const terminated = (...told: Parameters<typeof position>) => ({ ...position(...told), terminated: true as const });
    lag.tell(0, [position(0, 5, 5), terminated(1, 5, 3), terminated(2, 7, 6, 1)]);
    expect(lag.at(0).terminated).toEqual([]);
    lag.tell(1000, [position(0, 5, 5), terminated(1, 5, 5), terminated(2, 7, 6, 1)]);
    expect(lag.at(1000).terminated).toEqual([1]);
    lag.tell(2000, [position(0, 5, 5), terminated(1, 5, 5), terminated(2, 7, 7)]);
    lag.lose('refused');
    expect(lag.at(3000).terminated).toEqual([1, 2]);
    expect(lag.at(2000 + BLIND_AFTER_MS + 1).terminated).toEqual([]);
    lag.tell(20_000, [position(0, 5, 5), position(1, 0, 0), terminated(2, 7, 7)]); // one was deleted and made again
    expect(lag.at(20_000).terminated).toEqual([2]);
  });

  it('is asked one question at a time', async () => {
    const waiting: (() => void)[] = [];
    const watch = new TopicWatch({
      positions: () => new Promise((_, reject) => waiting.push(() => reject(new Error('nobody there')))),
    });
    const looks = [watch.look(), watch.look()];
    expect(waiting).toHaveLength(1);
    waiting[0]!();
    await Promise.all(looks);
    expect(watch.report()).toMatchObject({ lagMs: null, unseen: 'nobody there' });
    void watch.look();
    expect(waiting).toHaveLength(2);
  });
});
