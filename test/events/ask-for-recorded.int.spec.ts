import { request } from 'node:http';
import fc from 'fast-check';
import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

interface Recorded {
  readonly results: readonly { readonly status: string; readonly event_id: string }[];
}

describe('whatever is recorded can be asked for by each of its ids', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const record = async (event: Record<string, unknown>): Promise<Recorded['results'][number]> => {
    const response = await fetch(`${application.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ timestamp: TEST_TIME, ...event }] }),
    });
    return ((await response.json()) as Recorded).results[0]!;
  };
  /** Not by `fetch`: it makes `/events/..` another address. */
  const get = (path: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(application.url);
      request({ hostname, port, path }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
      })
        .on('error', reject)
        .end();
    });
  const found = async (path: string, id: string) => {
    const { status, text } = await get(path);
    expect([path.length, status, text.slice(0, 400)]).toEqual([path.length, 200, expect.any(String)]);
    expect((JSON.parse(text) as { events: { event_id: string }[] }).events.map(({ event_id }) => event_id)).toContain(
      id,
    );
  };

  const canBeAskedFor = async (event: Record<string, string>) => {
    const { status, event_id: id } = await record({ event_type: 'conversion', ...event });
    expect(['recorded', 'duplicate', 'rejected']).toContain(status);
    if (status !== 'recorded') return;
    await found(`/events/${encodeURIComponent(id)}`, id);
    for (const name of ['user_id', 'session_id', 'page_url']) {
      const value = event[name];
      if (value !== undefined)
        await found(`/events?limit=1000&event_type=conversion&${name}=${encodeURIComponent(value)}`, id);
    }
    if (event.conversion_type !== undefined) {
      const label = encodeURIComponent(event.conversion_type);
      await found(`/events?limit=1000&event_type=conversion&label=${label}`, id);
      expect(await get(`/metrics?user_id=${encodeURIComponent(event.user_id!)}&label=${label}`)).toMatchObject({
        status: 200,
      });
    }
  };

  it.each([
    ['the longest of one unit', 'x', 'ü'],
    ['the longest of two units', '😀', '𝔸'],
    ['a flag is two characters', '🇪🇸', '🇵🇹'],
    ['joined characters', '👨‍👩‍👧', 'e\u0301'],
    ['presentation selectors', '☺\ufe0f', '☺\ufe0e'],
  ])('%s', async (_, one, other) => {
    const longest = (unit: string, most: number) => unit.repeat(Math.floor(most / Array.from(unit).length));
    for (const unit of [one, other]) {
      const event = {
        event_id: longest(unit, 128),
        user_id: longest(unit, 255),
        session_id: longest(unit, 255),
        page_url: `/${longest(unit, 500)}`,
        conversion_type: longest(unit, 64),
      };
      expect(await record({ event_type: 'conversion', ...event })).toMatchObject({ status: 'recorded' });
      await canBeAskedFor({ ...event, event_id: `!${event.event_id.slice(one.length + other.length)}` });
      await found(`/events/${encodeURIComponent(event.event_id)}`, event.event_id);
    }
  });

  it('one character more is neither recorded nor asked for', async () => {
    for (const unit of ['x', '😀']) {
      expect(await record({ event_type: 'click', user_id: 'u', event_id: unit.repeat(129) })).toMatchObject({
        status: 'rejected',
      });
      expect(await record({ event_type: 'click', user_id: unit.repeat(256) })).toMatchObject({ status: 'rejected' });
      expect(await get(`/events/${encodeURIComponent(unit.repeat(129))}`)).toMatchObject({
        status: unit === 'x' ? 400 : (expect.any(Number) as number),
      });
      expect(await get(`/events?user_id=${encodeURIComponent(unit.repeat(256))}`)).toMatchObject({ status: 400 });
    }
  });

  it('any text', async () => {
    const text = (maxLength: number) =>
      fc.oneof(
        fc.string({ minLength: 1, maxLength, unit: 'binary' }),
        fc.string({
          minLength: 1,
          maxLength,
          unit: fc.constantFrom('😀', '.', '/', '%', '+', ' ', '?', '#', '&', '=', '\\', "'", '\u00a0', 'é'),
        }),
        fc.constantFrom(
          '.',
          '..',
          '%2e',
          '%',
          'null',
          '0',
          '__proto__',
          '[]',
          'a[]',
          '-1',
          '\u202e',
          '\ufeff',
          '\ufffe',
        ),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.record({ event_id: text(128), user_id: text(255), session_id: text(255), conversion_type: text(64) }),
        canBeAskedFor,
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
