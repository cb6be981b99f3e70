import { ErasePersonCommand, ErasePersonHandler } from '../../src/people/application/erase-person.command.js';
import { ErasureKey } from '../../src/people/application/erasure-key.js';
import type { Eraser } from '../../src/people/application/erasing/eraser.js';
import { GetErasuresHandler, GetErasuresQuery } from '../../src/people/application/get-erasures.query.js';
import { Pseudonyms } from '../../src/people/domain/pseudonyms.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { InvalidCursor } from '../../src/platform/opaque-cursor.js';
import { slices } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { MemoryErasureStore } from './memory-erasure-store.js';

const KEY = 'a key of thirty-four bytes, exactly';
const COUNTS = { events: 3, deadLetters: 2, conflicts: 1 };

const keyOf = (environment: Record<string, string>) => new ErasureKey(loadConfig(slices, environment));

describe('erasing a person', () => {
  let store: MemoryErasureStore;
  let rounds: number;
  beforeEach(() => {
    store = new MemoryErasureStore();
    store.now = TEST_TIME;
    rounds = 0;
  });

  /** @param round what the eraser does each time it is called */
  const erase = (userId: string, round: () => Promise<void> | void, environment = { ERASURE_KEY: KEY }) => {
    const eraser = {
      now: async () => {
        rounds += 1;
        await round();
      },
    };
    const handler = new ErasePersonHandler(keyOf(environment), store, eraser as unknown as Eraser);
    return handler.execute(new ErasePersonCommand(userId));
  };

  it('notes a hash in the log before anything is erased, and answers what was done', async () => {
    const person = new Pseudonyms(KEY).of('ñ-1');
    const answer = await erase('ñ-1', () => {
      expect([...store.log.values()]).toEqual([{ person, idBytes: 4, erasedAt: TEST_TIME }]);
      store.done(COUNTS);
    });
    expect(answer).toEqual({
      person,
      erased_at: new Date(TEST_TIME).toISOString(),
      state: 'done',
      events: 3,
      dead_letters: 2,
      conflicts: 1,
    });
  });

  it('looks again while another replica does the work', async () => {
    expect((await erase('u-1', () => (rounds < 3 ? undefined : store.done(COUNTS)))).state).toBe('done');
    expect(rounds).toBe(3);
  });

  it('answers after five seconds, and the rest goes on', async () => {
    jest.useFakeTimers();
    try {
      const portions = [4_999, 1];
      const answer = await erase('u-1', () => jest.advanceTimersByTime(portions[rounds - 1]!));
      expect(answer).toMatchObject({ state: 'running', events: 0 });
      expect(rounds).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('needs the key, and that which all others were erased with', async () => {
    const never = () => store.done(COUNTS);
    await expect(erase('u-1', never, {} as never)).rejects.toMatchObject({ problem: 'erasure_key_missing' });
    expect(store.log.size).toBe(0);
    await erase('u-1', never);
    const other = { ERASURE_KEY: KEY.toUpperCase() };
    await expect(erase('u-2', never, other)).rejects.toMatchObject({ problem: 'erasure_key_changed' });
    expect([store.log.size, rounds]).toEqual([1, 1]);
  });
});

describe('the log of erasures, for another region', () => {
  const hashes = ['a', 'b', 'c', 'd', 'e'].map((digit) => digit.repeat(64));
  const store = new MemoryErasureStore();
  const page = (cursor: string | null, limit: number) =>
    new GetErasuresHandler(store).execute(new GetErasuresQuery(cursor, limit));

  it('is empty, and of no key, where nobody was erased', async () => {
    expect(await page(null, 10)).toEqual({ key_fingerprint: null, erasures: [], next_cursor: null });
  });

  it('is walked in the order of the hashes, each once', async () => {
    await store.take(
      hashes.map((person, n) => ({ person, idBytes: n, erasedAt: TEST_TIME + n })),
      'the fingerprint',
    );
    const first = await page(null, 2);
    expect(first).toEqual({
      key_fingerprint: 'the fingerprint',
      erasures: [
        { person: hashes[0], id_bytes: 0, erased_at: TEST_TIME },
        { person: hashes[1], id_bytes: 1, erased_at: TEST_TIME + 1 },
      ],
      next_cursor: hashes[1],
    });
    const rest = await page(first.next_cursor, 3);
    expect(rest.erasures.map(({ person }) => person)).toEqual(hashes.slice(2));
    expect(rest.next_cursor).toBeNull();
  });

  it('takes no cursor but a hash', async () => {
    for (const cursor of ['', 'u-1', 'A'.repeat(64), 'a'.repeat(65)]) {
      await expect(page(cursor, 1)).rejects.toThrow(InvalidCursor);
    }
  });
});
