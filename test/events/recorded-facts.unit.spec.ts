import { RecordedFacts, type WantedFact } from '../../src/events/infrastructure/postgres/recording/recorded-facts.js';
import type { Logger } from '../../src/platform/observability/logger.js';
import type { Database } from '../../src/platform/postgres/database.js';
import { testUuid } from '../support/events.js';

const wanted = (count: number): WantedFact[] =>
  Array.from({ length: count }, (_, n) => ({ eventKey: testUuid(n), eventType: 'click', occurredAt: 0 }));
const failure = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });

/** Answers for all keys but the last; `fail` may reject a statement by its number and how many keys it has. */
function factsOn(fail: (nth: number, keys: number) => Error | null) {
  const asked: number[] = [];
  const query = (_: string, [keys]: [Buffer]) => {
    // A binary array of UUIDs has 20 bytes for each, behind a head of 20.
    const count = (keys.length - 20) / 20;
    const error = fail(asked.push(count), count);
    if (error) return Promise.reject(error);
    const rows = Array.from({ length: count }, (__, n) => ({ event_key: `${asked.length}-${n}`, event_type: 'click' }));
    return Promise.resolve({ rows: rows.map((row) => ({ ...row, beyond: false, properties: null })) });
  };
  const database = { writers: () => ({ query }) } as unknown as Database;
  const logger = { warn: () => undefined } as unknown as Logger;
  return { asked, facts: new RecordedFacts(database, logger) };
}

describe('stored events that are looked up', () => {
  it('are read 100 at once', async () => {
    const { asked, facts } = factsOn(() => null);
    expect((await facts.find(wanted(250), new AbortController().signal))?.size).toBe(250);
    expect(asked).toEqual([100, 100, 50]);
  });

  it('are read in smaller portions where a portion takes too long', async () => {
    const { asked, facts } = factsOn((_, keys) => (keys > 10 ? failure('57014') : null));
    expect((await facts.find(wanted(30), new AbortController().signal))?.size).toBe(30);
    expect(asked).toEqual([30, 8, 8, 8, 6]);
  });

  it('are asked for again after an error that passes, not after one of the data', async () => {
    const passing = factsOn((nth) => (nth === 1 ? failure('40001') : null));
    expect((await passing.facts.find(wanted(3), new AbortController().signal))?.size).toBe(3);
    expect(passing.asked).toEqual([3, 3]);
    const lasting = factsOn(() => failure('54000'));
    await expect(lasting.facts.find(wanted(3), new AbortController().signal)).rejects.toMatchObject({ code: '54000' });
    expect(lasting.asked).toEqual([3]);
  });

  it('are given up when the service stops', async () => {
    const stopping = new AbortController();
    const { facts } = factsOn(() => {
      stopping.abort();
      return failure('57P01');
    });
    expect(await facts.find(wanted(3), stopping.signal)).toBeNull();
  });
});
