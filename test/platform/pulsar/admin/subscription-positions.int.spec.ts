import { AdminApi } from '../../../../src/platform/pulsar/admin/admin-api.js';
import { SubscriptionPositions } from '../../../../src/platform/pulsar/admin/subscription-positions.js';
import { ScriptedAdmin } from './scripted-admin.js';

const TOPIC = '/admin/v2/persistent/public/default/clicks';

/** As a broker of Pulsar 4.0.7 answers, cut to what is read. */
const internal = (end: string, markDelete: string, more: object = {}) => ({
  entriesAddedCounter: 12,
  lastConfirmedEntry: end,
  ledgers: [
    { ledgerId: 4, entries: 5 },
    { ledgerId: 9, entries: 0 },
  ],
  cursors: { monitoreo: { markDeletePosition: markDelete } },
  ...more,
});
const stats = (msgBacklog: number, msgDelayed = 0, ongoingTxnCount = 0) => ({
  ongoingTxnCount,
  subscriptions: { monitoreo: { msgBacklog, msgDelayed } },
});

describe('positions of a subscription, as the REST API says them', () => {
  let broker: ScriptedAdmin;
  let api: AdminApi;

  beforeEach(async () => {
    broker = await ScriptedAdmin.start();
    api = new AdminApi({ url: broker.url });
    broker.json(`${TOPIC}/partitions`, { partitions: 0 });
  });
  afterEach(async () => {
    api.close();
    await broker.close();
  });

  const positions = (subscription = 'monitoreo') => new SubscriptionPositions(api, { topic: 'clicks', subscription });
  const questions = () => broker.asked.map(({ path }) => path.split('?')[0]!.replace(TOPIC, ''));

  it('asks for no more than it needs where nothing waits', async () => {
    broker.json(`${TOPIC}/internalStats`, internal('9:6', '9:6'));
    const asked = positions();
    const end = { ledger: 9n, entry: 6n };
    expect(await asked.ask()).toEqual([
      { partition: -1, last: end, settled: end, added: 12n, waiting: 0n, delayed: 0n },
    ]);
    await asked.ask();
    expect(questions()).toEqual(['/partitions', '/internalStats', '/internalStats']);
  });

  it('counts what waits, and of it what is delayed', async () => {
    broker.json(`${TOPIC}/internalStats`, internal('9:6', '4:1'));
    broker.json(`${TOPIC}/stats`, stats(7, 3));
    expect(await positions().ask()).toMatchObject([
      { last: { ledger: 9n, entry: 6n }, settled: { ledger: 4n, entry: 1n }, waiting: 7n, delayed: 3n },
    ]);
  });

  it.each([
    ['anything else', '9:7', {}, 7n],
    ['what is not read', '9:4', {}, 4n],
    ['what is not read, of more than one ledger', '4:3', {}, 0n],
    ['what is not read, from the first entry on', '9:0', {}, 0n],
    ['what a consumer was given', '9:7', { unackedMessages: 2000 }, 6n],
    ['what a consumer was given, where the broker counts it below 0', '9:7', { unackedMessages: -5 }, 6n],
    ['what is to be delivered again', '9:7', { msgInReplay: 5 }, 2n],
  ])(
    'of delayed messages that were skipped the broker counts on: no more are delayed than wait, without %s',
    async (_, readPosition, more, delayed) => {
      const cursors = { monitoreo: { markDeletePosition: '4:1', readPosition } };
      broker.json(`${TOPIC}/internalStats`, internal('9:6', '4:1', { cursors }));
      broker.json(`${TOPIC}/stats`, {
        subscriptions: { monitoreo: { msgBacklog: 7, msgDelayed: 200, unackedMessages: 0, ...more } },
      });
      expect(await positions().ask()).toMatchObject([{ waiting: 7n, delayed }]);
    },
  );

  describe('beside delayed messages', () => {
    /** The ledger 4 has the entries 0 to 4, and 9 has 0 to 6. */
    const told = async (individuallyDeletedMessages: string | undefined, readPosition = '9:7') => {
      const cursors = { monitoreo: { markDeletePosition: '4:1', readPosition, individuallyDeletedMessages } };
      broker.json(`${TOPIC}/internalStats`, internal('9:6', '4:1', { cursors }));
      broker.json(`${TOPIC}/stats`, stats(7, 3));
      const [position] = await positions().ask();
      return position!;
    };

    it.each([
      ['4:1', '[]', 0n],
      ['4:4', '[]', 3n],
      ['9:6', '[]', 10n],
      ['9:-1', '[]', 3n],
      ['4:4', '[(4:2..4:3]]', 2n],
      ['4:2', '[(4:2..4:3]]', 1n],
      ['9:6', '[(4:2..4:3],(9:0..9:2]]', 7n],
      ['9:1', '[(4:2..4:3],(9:0..9:4]]', 3n],
      ['9:0', '[(4:2..4:3],(9:0..9:4]]', 3n],
      ['9:5', '[(4:2..4:3],(9:0..9:2],(9:4..9:5]]', 5n],
      ['9:6', '[(9:-1..9:6]]', 3n],
      ['9:6', '[(4:3..9:1]]', 7n],
      ['4:4', '[(4:-1..4:3]]', 1n],
    ])('it says how many entries up to %s are open, of which %s are acknowledged', async (end, ranges, expected) => {
      const [ledger, entry] = end.split(':').map(BigInt) as [bigint, bigint];
      const { unsettledUpTo } = await told(ranges);
      expect(unsettledUpTo!({ ledger, entry })).toBe(expected);
    });

    it('what is not read may be delayed', async () => {
      expect(await told('[]')).toMatchObject({ delayed: 3n, mayBeDelayed: 3n });
      expect(await told('[]', '9:5')).toMatchObject({ delayed: 3n, mayBeDelayed: 5n });
    });

    it('says nothing where the broker says nothing', async () => {
      expect((await told(undefined)).unsettledUpTo).toBeUndefined();
    });
  });

  it('counts nothing of messages that the topic no longer has, though the broker does', async () => {
    const gone = { ledgers: [{ ledgerId: 13, entries: 0 }] };
    broker.json(`${TOPIC}/internalStats`, internal('9:6', '4:-1', gone));
    broker.json(`${TOPIC}/stats`, stats(12));
    expect(await positions().ask()).toMatchObject([{ last: { ledger: 9n, entry: 6n }, waiting: 0n, delayed: 0n }]);
  });

  it.each([
    ['in the same ledger', '9:3', { last: { ledger: 9n, entry: 3n }, added: 9n, waiting: 5n, heldBack: 3n }],
    ['in one before', '4:2', { last: { ledger: 4n, entry: 2n }, added: 3n, waiting: 0n, heldBack: 9n }],
    ['at the end of one before', '4:4', { last: { ledger: 4n, entry: 4n }, added: 5n, waiting: 1n }],
    ['and is over before that was asked', '9:7', { last: { ledger: 9n, entry: 6n }, added: 12n, waiting: 8n }],
  ])('nothing behind the start of an open transaction can be delivered: it began %s', async (_, readable, expected) => {
    broker.json(`${TOPIC}/internalStats`, internal('9:6', '4:1'));
    broker.json(`${TOPIC}/stats`, stats(8, 0, 1));
    broker.json('/admin/v3/transactions/transactionBufferStats/public/default/clicks', { maxReadPosition: readable });
    expect(await positions().ask()).toMatchObject([expected]);
  });

  it('says which of them is terminated, whether something waits or not', async () => {
    broker.json(`${TOPIC}/partitions`, { partitions: 3 });
    broker.json(`${TOPIC}-partition-0/internalStats`, internal('9:6', '9:6', { state: 'LedgerOpened' }));
    broker.json(`${TOPIC}-partition-1/internalStats`, internal('9:6', '9:6', { state: 'Terminated' }));
    broker.json(`${TOPIC}-partition-2/internalStats`, internal('9:6', '4:1', { state: 'Terminated' }));
    broker.json(`${TOPIC}-partition-2/stats`, stats(7));
    expect((await positions().ask()).map(({ terminated }) => terminated)).toEqual([undefined, true, true]);
  });

  it('asks the partitions, one after the other, and again how many there are when one is not there', async () => {
    broker.json(`${TOPIC}/partitions`, { partitions: 2 });
    const asked = positions();
    await expect(asked.ask()).rejects.toThrow(/404/);
    for (const n of [0, 1, 2]) broker.json(`${TOPIC}-partition-${n}/internalStats`, internal(`9:${n}`, `9:${n}`));
    broker.json(`${TOPIC}/partitions`, { partitions: 3 });
    const [first, second] = await Promise.all([asked.ask(), asked.ask()]);
    expect(first.map(({ partition, last }) => [partition, last.entry])).toEqual([
      [0, 0n],
      [1, 1n],
      [2, 2n],
    ]);
    expect(second).toBe(first);
    expect(broker.open.most).toBe(1);
  });

  it('finds a subscription of any name', async () => {
    const name = 'a/b é*~ +';
    const cursors = { 'a%2Fb+%C3%A9*%7E+%2B': { markDeletePosition: '9:6' } };
    broker.json(`${TOPIC}/internalStats`, internal('9:6', '9:6', { cursors }));
    expect(await positions(name).ask()).toHaveLength(1);
  });

  it.each([
    ['an id above 2⁵³ whole', `9007199254740993:9007199254740995`],
    ['a ledger without an entry', '9:-1'],
  ])('reads %s', async (_, id) => {
    broker.json(`${TOPIC}/internalStats`, internal(id, id));
    const [ledger, entry] = id.split(':').map(BigInt);
    expect(await positions().ask()).toMatchObject([{ last: { ledger, entry } }]);
  });

  it.each([
    ['the subscription is not there', internal('9:6', '9:6', { cursors: {} }), /subscription monitoreo is not there/],
    ['a position of another kind', internal('nowhere', '9:6'), /no position: nowhere/],
    ['an answer of another kind', [], /is not understood/],
  ])('%s: the reason in words', async (_, answer, reason) => {
    broker.json(`${TOPIC}/internalStats`, answer);
    await expect(positions().ask()).rejects.toThrow(reason);
  });
});
