import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows } from '../support/record-rows.js';

describe('GET /events?label=', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
    const timestamp = TEST_TIME;
    await recordRows(application.store, [
      { event_type: 'click', event_id: 'click', timestamp },
      { event_type: 'click', event_id: 'cheers', timestamp, reaction: 'cheers' },
      { event_type: 'click', event_id: 'hate', timestamp, reaction: 'hate' },
      { event_type: 'conversion', event_id: 'signup', timestamp, conversion_type: 'signup' },
      { event_type: 'conversion', event_id: 'odd', timestamp, conversion_type: 'EUR' },
      { event_type: 'sale', event_id: 'euro', timestamp, amount: 1, currency: 'EUR' },
      { event_type: 'sale', event_id: 'none', timestamp, amount: 1 },
    ]);
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  it.each([
    ['label=cheers', ['cheers']],
    ['label=signup', ['signup']],
    ['label=EUR', ['euro', 'odd']],
    ['label=EUR&event_type=sale', ['euro']],
    ['label=XXX', ['none']],
    ['label=click', []],
  ])('%s gives %j', async (query, ids) => {
    const { events } = (await (await fetch(`${application.url}/events?${query}`)).json()) as {
      events: { event_id: string }[];
    };
    expect(events.map(({ event_id }) => event_id).sort()).toEqual(ids);
  });
});
