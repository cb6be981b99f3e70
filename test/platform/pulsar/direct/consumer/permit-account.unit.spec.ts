import fc from 'fast-check';
import { PermitAccount } from '../../../../../src/platform/pulsar/direct/consumer/permit-account.js';

const MEGABYTE = 1_000_000;
const LARGEST_MESSAGE = 5 * 1024 * 1024;

const accountOf = (maxMessages: number, maxBytes = 1_000 * MEGABYTE) =>
  new PermitAccount(() => ({ maxMessages, maxBytes }));

/** As above, and it has seen that messages are small: so the messages alone bound it. */
function accustomed(maxMessages: number, bytes = 1) {
  const account = accountOf(maxMessages);
  account.arrived(0, 1, bytes);
  account.reset();
  return account;
}

describe('the permits of a consumer', () => {
  it('are few at first, as the largest messages would have them, within the bound and one at least', () => {
    expect(accountOf(4000, 16 * MEGABYTE).take()).toBe(3);
    expect(accountOf(2, 16 * MEGABYTE).take()).toBe(2);
    expect(accountOf(4000, LARGEST_MESSAGE * 4).take()).toBe(4);
    expect(accountOf(4000, LARGEST_MESSAGE * 4 - 1).take()).toBe(3);
    expect(accountOf(4000, 1).take()).toBe(1);
  });

  it('are granted once', () => {
    const account = accustomed(100);
    expect([account.take(), account.take()]).toEqual([100, 0]);
  });

  it('are used up by what the broker takes for an entry, also below zero', () => {
    const account = accustomed(100);
    account.take();
    expect(account.exhausted).toBe(false);
    account.arrived(99, 0, 0);
    expect(account.exhausted).toBe(false);
    account.arrived(1, 0, 0);
    expect(account.exhausted).toBe(true);
    account.arrived(30, 0, 0);
    expect(account.exhausted).toBe(true);
    // It sends again only above zero: the debt is granted as well.
    expect(account.take()).toBe(130);
    expect(account.exhausted).toBe(false);
  });

  it('leave room for what is held, until that is settled', () => {
    const account = accustomed(100);
    account.take();
    account.arrived(100, 100, 100);
    expect([account.take(), account.held]).toEqual([0, { messages: 100, bytes: 100 }]);
    account.settled(40, 40);
    expect([account.take(), account.held]).toEqual([40, { messages: 60, bytes: 60 }]);
  });

  it('wait in small remainders, unless the broker has none left', () => {
    const account = accustomed(80);
    account.take();
    account.arrived(9, 0, 0);
    expect(account.take()).toBe(0); // an eighth of 80 is 10
    account.arrived(1, 0, 0);
    expect(account.take()).toBe(10);
    account.arrived(80, 79, 79);
    expect(account.take()).toBe(1);
  });

  it('number one at least while a message is unfinished, whatever is held', () => {
    const account = accustomed(10);
    account.take();
    account.arrived(10, 10, 10);
    expect([account.take(), account.take(true)]).toEqual([0, 1]);
    expect(account.take(true)).toBe(0);
    account.arrived(6, 0, 0);
    expect(account.take(true)).toBe(6);
  });

  it('number all that is due while a message is unfinished, where that is more than one', () => {
    const account = accustomed(10);
    expect(account.take(true)).toBe(10);
    // Two were used, which is more than the eighth that is worth a command.
    account.arrived(2, 0, 0);
    expect(account.take(true)).toBe(2);
  });

  it('follow the bounds when those change', () => {
    let maxMessages = 100;
    const account = new PermitAccount(() => ({ maxMessages, maxBytes: MEGABYTE }));
    account.arrived(0, 1, 1);
    account.settled(1, 1);
    expect(account.take()).toBe(100);
    maxMessages = 50;
    account.arrived(60, 0, 0);
    expect(account.take()).toBe(10);
  });

  it('of a lost connection are void, and so is what it delivered; the sizes seen stay', () => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.take();
    account.arrived(3, 3, 3 * MEGABYTE);
    account.reset();
    expect([account.held, account.exhausted, account.full]).toEqual([{ messages: 0, bytes: 0 }, true, false]);
    expect(account.take()).toBe(16);
  });
});

describe('the window of a consumer', () => {
  const window = (account: PermitAccount) => {
    account.reset();
    return account.take();
  };

  it.each([
    [300, 4000],
    [4_000, 4000],
    [60_000, 266],
    [MEGABYTE, 16],
    [50 * MEGABYTE, 1],
  ])('of messages of %d bytes is %d', (bytes, permits) => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.arrived(1, 1, bytes);
    expect(window(account)).toBe(permits);
  });

  it('is that of the mean size in an entry of many', () => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.arrived(10, 10, 10 * MEGABYTE);
    expect(window(account)).toBe(16);
  });

  it('closes at once for large messages, and opens slowly for small ones', () => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.arrived(1, 1, 1000);
    account.arrived(1, 1, MEGABYTE);
    expect(window(account)).toBe(16);
    account.arrived(32, 32, 32_000); // half of 64: half of the way
    expect(window(account)).toBe(31);
    account.arrived(64, 64, 64_000);
    expect(window(account)).toBe(4000);
  });

  it('opens no further than for the mean that came, however many came', () => {
    const account = accountOf(100_000, 16 * MEGABYTE);
    account.arrived(1, 1, MEGABYTE);
    account.arrived(640, 640, 640_000);
    expect(window(account)).toBe(16_000);
  });

  it('stays where an entry has no message', () => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.arrived(1, 1, MEGABYTE);
    account.arrived(5, 0, 0);
    expect(window(account)).toBe(16);
  });

  it('is full from the bound of bytes on, until some are settled', () => {
    const account = accountOf(4000, 16 * MEGABYTE);
    account.take();
    account.arrived(1, 1, 16 * MEGABYTE - 1);
    expect(account.full).toBe(false);
    account.arrived(1, 1, 1);
    expect(account.full).toBe(true);
    account.settled(1, 1);
    expect(account.full).toBe(false);
  });
});

describe('whatever entries come and are settled', () => {
  const entry = fc.record({
    kind: fc.constant('arrive' as const),
    messages: fc.integer({ min: 0, max: 50 }),
    bytes: fc.integer({ min: 1, max: 2 * MEGABYTE }),
  });
  const step = fc.oneof(entry, fc.record({ kind: fc.constant('settle' as const) }));

  it('never more is granted than there is room for, and there is always a next permit in the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(step, { maxLength: 200 }), (maxMessages, steps) => {
        const account = accountOf(maxMessages, 16 * MEGABYTE);
        let left = account.take();
        const held: { messages: number; bytes: number }[] = [];
        const holding = () => held.reduce((sum, { messages }) => sum + messages, 0);
        for (const one of steps) {
          if (one.kind === 'settle') {
            const settled = held.pop();
            if (settled) account.settled(settled.messages, settled.bytes);
          } else if (left > 0) {
            // A broker sends while it has a permit, and an entry of many takes it below zero.
            account.arrived(Math.max(1, one.messages), one.messages, one.messages * one.bytes);
            left -= Math.max(1, one.messages);
            held.push({ messages: one.messages, bytes: one.messages * one.bytes });
          }
          const granted = account.take();
          left += granted;
          if (granted > 0) expect(left + holding()).toBeLessThanOrEqual(maxMessages);
          expect(account.exhausted).toBe(left <= 0);
          expect(account.held.messages).toBe(holding());
        }
        for (const { messages, bytes } of held) account.settled(messages, bytes);
        if (left <= 0) expect(account.take()).toBeGreaterThan(0);
        expect(account.held).toEqual({ messages: 0, bytes: 0 });
      }),
    );
  });
});
