import type { ReceivedMessage } from '../../../../src/platform/pulsar/message-broker.port.js';
import { Arrivals } from '../../../../src/platform/pulsar/websocket/arrivals.js';

describe('messages that came and were not asked for yet', () => {
  let noMoreComes: boolean;
  let arrivals: Arrivals;
  let handedOver: string[][];

  const add = (name: string, bytes = 10): void => {
    arrivals.add({ messageId: name, data: Buffer.alloc(bytes) } as unknown as ReceivedMessage);
    arrivals.gather();
  };
  const ask = (): void =>
    void arrivals.next().then((messages) => handedOver.push(messages.map(({ messageId }) => messageId)));

  beforeEach(() => {
    jest.useFakeTimers();
    noMoreComes = false;
    handedOver = [];
    arrivals = new Arrivals(() => noMoreComes);
  });

  afterEach(() => jest.useRealTimers());

  it('are gathered while more come within 5 ms of each other', async () => {
    ask();
    add('a');
    await jest.advanceTimersByTimeAsync(4);
    add('b');
    expect(handedOver).toEqual([]);
    await jest.advanceTimersByTimeAsync(10);
    expect(handedOver).toEqual([['a', 'b']]);
  });

  it('are handed over after 50 ms, however many still come', async () => {
    ask();
    for (let n = 0; n < 60; n += 2) {
      add(String(n));
      await jest.advanceTimersByTimeAsync(2);
    }
    expect(handedOver).toHaveLength(1);
    expect(handedOver[0]!.length).toBeGreaterThan(20);
  });

  it('are handed over at once when no more can come until they are acknowledged', async () => {
    ask();
    noMoreComes = true;
    add('a');
    await jest.advanceTimersByTimeAsync(0);
    expect(handedOver).toEqual([['a']]);
  });

  it('fill a batch by bytes: a larger one goes alone, and nothing is handed over twice', async () => {
    for (const [name, bytes] of [['a', 600_000], ['b', 600_000], ['c', 3_000_000], ['d', 1]] as const) add(name, bytes); // prettier-ignore
    for (let n = 0; n < 4; n += 1) ask();
    await jest.advanceTimersByTimeAsync(100);
    expect(handedOver).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  it('that were dropped are handed to nobody, and who asks waits for the next', async () => {
    ask();
    add('a');
    arrivals.clear();
    await jest.advanceTimersByTimeAsync(100);
    expect(handedOver).toEqual([]);
    add('b');
    await jest.advanceTimersByTimeAsync(100);
    expect(handedOver).toEqual([['b']]);
  });

  it('at the end, who asks gets none', async () => {
    ask();
    ask();
    arrivals.end();
    await jest.advanceTimersByTimeAsync(0);
    expect(handedOver).toEqual([[], []]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
