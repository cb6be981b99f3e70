import type { EventCounters } from '../../src/events/application/event-counters.port.js';
import type { EventStore } from '../../src/events/application/event-store.port.js';
import { RecordEventHandler } from '../../src/events/application/record-event.command.js';
import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { EventSynonyms } from '../../src/events/domain/parsing/event-synonyms.js';
import type { Logger } from '../../src/platform/observability/logger.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { slices, startApplication, type TestApplication } from '../support/application.js';
import { deadLetter } from '../support/dead-letters.js';
import { encoded, TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

type Json = Record<string, unknown>;

describe('EVENT_SYNONYMS', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterEach(async () => {
    await application.close();
    await testDatabase.drop();
  });

  async function restartWith(list: string): Promise<void> {
    await application.close();
    application = await startApplication(testDatabase.url, { EVENT_SYNONYMS: EventSynonyms.parse(list) });
    await application.database.connect();
  }
  const post = async (path: string, body: unknown) => {
    const response = await fetch(application.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const events = async () => ((await (await fetch(`${application.url}/events`)).json()) as { events: Json[] }).events;

  it('is understood over HTTP, by item and by route; a wrong value names both names', async () => {
    await restartWith('sale.event_id=order_id,amount=total,user_id=customer,page_url=page');
    const sale = { event_type: 'sale', order_id: 'order-1', customer: 'c', total: '19.90' };
    const { body } = await post('/events', { events: [sale, sale, { ...sale, total: '5' }, { ...sale, total: 'x' }] });
    expect(body.results).toMatchObject([
      { status: 'recorded', event_id: 'order-1' },
      { status: 'duplicate', event_id: 'order-1' },
      {
        status: 'rejected',
        code: 'id_conflict',
        detail: expect.stringMatching(/event_id \(sent as order_id\)/) as string,
      },
      { status: 'rejected', code: 'schema', detail: expect.stringMatching(/total.*amount/) as string },
    ]);
    expect((await post('/track', { page: '/a', x: 0.5, y: 0.5 })).status).toBe(201);
    expect(await post('/track', { page: 'albums', x: 0.5, y: 0.5 })).toMatchObject({
      status: 400,
      body: { code: 'schema', errors: [{ field: 'page' }] },
    });
    expect(await events()).toMatchObject([
      { event_type: expect.any(String) as string },
      { event_type: expect.any(String) as string },
    ]);
    expect((await events()).find(({ event_id }) => event_id === 'order-1')).toMatchObject({
      user_id: 'c',
      amount: '19.90',
      properties: {},
    });
  });

  it('lets a dead letter be replayed as it was, once its names are known', async () => {
    const letter = deadLetter(1, { reason: 'schema', payload: encoded({ customer: 'c', at: TEST_TIME / 1000 - 60 }) });
    await application.app.get(DeadLetterStore).add([letter], new AbortController().signal);
    expect((await post('/dead-letters/replay', { reason: 'schema' })).body).toMatchObject({ rejected: 1 });
    await restartWith('user_id=customer,timestamp=at');
    expect((await post('/dead-letters/replay', { reason: 'schema' })).body).toMatchObject({ recorded: 1 });
    expect(await events()).toMatchObject([
      {
        event_id: testUuid(1),
        user_id: 'c',
        occurred_at: new Date(TEST_TIME - 60_000).toISOString(),
        properties: {},
      },
    ]);
  });
});

it.each([
  [undefined, 0],
  ['user_id=customer', 0],
  ['user_id=customer,sale.event_id=order_id', 1],
])('EVENT_SYNONYMS=%s: the start warns %d times of changed identities', (EVENT_SYNONYMS, times) => {
  const warnings: unknown[] = [];
  const logger = { warn: (...said: unknown[]) => warnings.push(said) } as unknown as Logger;
  const config = loadConfig(slices, { EVENT_SYNONYMS });
  new RecordEventHandler({} as EventStore, {} as EventCounters, config, logger).onModuleInit();
  expect(warnings).toHaveLength(times);
  if (times > 0) expect(JSON.stringify(warnings)).toMatch(/EVENT_SYNONYMS gives event_id another name/);
});
