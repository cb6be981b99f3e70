import type { AlertRuleList } from '../../../src/alerts/application/answers/alert-rule.answer.js';
import { watchDemo } from '../../../src/cli/demo/alerts.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

const TOKEN = 'a-token-of-the-tests-0123456789';

describe('the alert rules of the demo', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, { API_TOKEN: TOKEN });
    await application.database.connect();
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const rules = async () => {
    const response = await fetch(`${application.url}/alerts/rules`, { headers: { 'x-api-token': TOKEN } });
    return ((await response.json()) as AlertRuleList).rules;
  };

  it('are made once, and one fires at a minute of a part of the rate', async () => {
    const service = { url: application.url, token: TOKEN };
    expect(await watchDemo(service, 50)).toContain(`${application.url}/dashboard/alerts`);
    await watchDemo(service, 50);
    expect((await rules()).map(({ name, metric, threshold }) => [name, metric, threshold])).toEqual([
      ['demo: a crowd is here', 'total_clicks', 600],
      ['demo: the rate falls', 'conversion_rate', 1],
    ]);
  });

  it.each([
    ['without a key', { token: null }],
    ['with a wrong key', { token: 'wrong' }],
    ['of a service whose address is not known', { url: null }],
    ['of a service that does not answer', { url: 'http://127.0.0.1:1' }],
  ])('%s are none, and that is said', async (_, service) => {
    expect(await watchDemo({ url: application.url, token: TOKEN, ...service }, 50)).toMatch(/^No alert rules: ./);
  });
});
