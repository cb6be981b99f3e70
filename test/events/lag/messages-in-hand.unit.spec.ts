import { AGAIN_OPEN_MS, MessagesInHand } from '../../../src/events/infrastructure/pulsar/lag/messages-in-hand.js';
import { PartitionLag } from '../../../src/events/infrastructure/pulsar/lag/partition-lag.js';

const ids = (...messageIds: string[]) => messageIds.map((messageId) => ({ messageId }));

describe('messages in hand', () => {
  it('that come again are no progress, and those of the same entry that did not come before are', () => {
    const inHand = new MessagesInHand(() => 0);
    inHand.begin(ids('9:4:-1:0', '9:4:-1:1', '9:4:-1:2'))();
    const again = inHand.begin(ids('9:4:-1:0', '9:4:-1:1', '9:4:-1:2'));
    expect(inHand.of(-1)).toEqual({ open: 0, settled: 3 });
    again();
    inHand.begin(ids('9:4:-1:1'))();
    expect(inHand.of(-1)).toEqual({ open: 0, settled: 3 });
    inHand.begin(ids('9:4:-1:3'))();
    inHand.begin(ids('10:0:-1:-1', '10:1:-1:-1'))();
    expect(inHand.of(-1)).toEqual({ open: 0, settled: 6 });
  });

  it('that came before without being settled count, and are settled once however often they came', () => {
    const inHand = new MessagesInHand(() => 0);
    const ends = [inHand.begin(ids('9:4:2:-1')), inHand.begin(ids('9:4:2:-1'))];
    expect(inHand.of(2)).toEqual({ open: 2, settled: 0 });
    for (const end of ends) end();
    expect(inHand.of(2)).toEqual({ open: 0, settled: 2 });
  });

  it('that come again count as open while they stay, as PostgreSQL may be away', () => {
    let now = 0;
    const inHand = new MessagesInHand(() => now);
    inHand.begin(ids('9:4:-1:-1'))();
    const again = inHand.begin(ids('9:3:-1:-1', '9:4:-1:-1'));
    now = AGAIN_OPEN_MS + 1;
    expect(inHand.of(-1)).toEqual({ open: 2, settled: 1 });
    again();
    expect(inHand.of(-1)).toEqual({ open: 0, settled: 1 });
  });

  it('a partition whose consumer gets no further than some messages, over and over, stands still', () => {
    const inHand = new MessagesInHand(() => 0);
    const lag = new PartitionLag();
    const stuck = {
      partition: -1,
      last: { ledger: 9n, entry: 20n },
      settled: { ledger: 9n, entry: 3n },
      added: 21n,
      waiting: 17n,
      delayed: 0n,
    };
    for (let at = 0; at <= 40_000; at += 1000) {
      const end = inHand.begin(ids('9:4:-1:0', '9:4:-1:1'));
      const settledFirst = at % 2000 === 0;
      if (settledFirst) end();
      lag.tell(at, stuck, inHand.of(-1));
      if (!settledFirst) end();
    }
    expect(lag.stillMs(40_000)).toBeGreaterThanOrEqual(38_000);
  });
});
