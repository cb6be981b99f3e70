import type { AlertRuleList, AlertRuleView } from '../../src/alerts/application/answers/alert-rule.answer.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';
import { A_RULE, ruleOf } from './rules.js';

describe('the rules of ALERTS_FILE', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication | null = null;

  beforeAll(async () => (testDatabase = await createTestDatabase()));
  afterEach(async () => {
    await application?.close();
    application = null;
  });
  afterAll(() => testDatabase.drop());

  const rulesOf = async (wanted: readonly string[], members: Record<string, unknown>[]): Promise<AlertRuleView[]> => {
    await application?.close();
    application = await startApplication(testDatabase.url, { ALERTS_FILE: members.map(ruleOf) });
    const { url } = application;
    return eventually(
      async () => {
        const { rules } = (await (await fetch(`${url}/alerts/rules`)).json()) as AlertRuleList;
        const names = rules.map(({ name, threshold }) => `${name} ${threshold}`);
        return [...names].sort().join() === [...wanted].sort().join() && [...rules];
      },
      { within: 20_000, what: 'the rules of the file are there' },
    );
  };

  it('are made, changed and deleted with it, and nowhere else; those of the API stay', async () => {
    const [first] = await rulesOf(['a 5', 'b 5'], [{ name: 'a' }, { name: 'b' }]);
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(A_RULE) };
    expect((await fetch(`${application!.url}/alerts/rules`, post)).status).toBe(201);
    const again = await rulesOf(['a 5', 'b 6', 'the rate falls 5'], [{ name: 'a' }, { name: 'b', threshold: 6 }]);
    expect(again.find(({ name }) => name === first!.name)).toMatchObject({ id: first!.id, source: 'file' });

    const path = `${application!.url}/alerts/rules/${first!.id}`;
    const refused = await Promise.all([fetch(path, { ...post, method: 'PUT' }), fetch(path, { method: 'DELETE' })]);
    expect(refused.map(({ status }) => status)).toEqual([409, 409]);
    const renewed = await fetch(`${path}/secret`, { method: 'POST' });
    expect(await renewed.json()).toEqual({ id: first!.id, secret: expect.stringMatching(/^whsec_.{44}$/) as string });

    await rulesOf(['b 6', 'the rate falls 5'], [{ name: 'b', threshold: 6 }]);
  }, 120_000);
});
