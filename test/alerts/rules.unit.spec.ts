import type { QueryBus } from '@nestjs/cqrs';
import { type Message, NotDelivered, Webhook } from '../../src/alerts/application/delivery/webhook.port.js';
import { FiguresOfRule } from '../../src/alerts/application/evaluation/figures-of-rule.js';
import { ChangeRuleCommand, ChangeRuleHandler } from '../../src/alerts/application/rules/change-rule.command.js';
import { CreateRuleCommand, CreateRuleHandler } from '../../src/alerts/application/rules/create-rule.command.js';
import { DeleteRuleCommand, DeleteRuleHandler } from '../../src/alerts/application/rules/delete-rule.command.js';
import { GetRuleHandler, GetRuleQuery } from '../../src/alerts/application/rules/get-rule.query.js';
import { GetRulesHandler, GetRulesQuery } from '../../src/alerts/application/rules/get-rules.query.js';
import { RenewSecretCommand, RenewSecretHandler } from '../../src/alerts/application/rules/renew-secret.command.js';
import { MOST_RULES, RuleOfFile, TooManyRules, UnknownRule } from '../../src/alerts/application/rules/rule-errors.js';
import { TestRuleCommand, TestRuleHandler } from '../../src/alerts/application/rules/test-rule.command.js';
import { TestClock } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { MemoryRules } from './memory-rules.js';
import { ruleOf } from './rules.js';

const ADDRESS = 'https://hooks.example.com/a-secret-path';
const TOLD = ruleOf({ webhook_url: ADDRESS });
const OF_FILE = testUuid(1);
const { signal } = new AbortController();

class MemoryWebhook extends Webhook {
  failure: Error | null = null;
  readonly sent: (readonly [url: string, message: Message])[] = [];

  send(url: string, message: Message): Promise<void> {
    this.sent.push([url, message]);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }
}

describe('alert rules', () => {
  let store: MemoryRules;
  let clock: TestClock;
  let webhook: MemoryWebhook;

  beforeEach(() => {
    store = new MemoryRules();
    clock = new TestClock(TEST_TIME);
    webhook = new MemoryWebhook();
  });

  const create = (rule = TOLD) => new CreateRuleHandler(store, clock).execute(new CreateRuleCommand(rule));
  const change = (id: string) =>
    new ChangeRuleHandler(store, clock).execute(new ChangeRuleCommand(id, ruleOf({ name: 'another' })));
  const remove = (id: string) => new DeleteRuleHandler(store, clock).execute(new DeleteRuleCommand(id));
  const renew = (id: string) => new RenewSecretHandler(store).execute(new RenewSecretCommand(id));
  const get = (id: string, whole = true) => new GetRuleHandler(store).execute(new GetRuleQuery(id, whole));
  const list = (whole = true) => new GetRulesHandler(store).execute(new GetRulesQuery(whole));
  const figures = { total_clicks: 1_000, conversion_rate: 4, complete: true };
  const queries = { execute: () => Promise.resolve(figures) } as unknown as QueryBus;
  const tested = (id: string) =>
    new TestRuleHandler(store, new FiguresOfRule(queries), webhook, clock).execute(new TestRuleCommand(id, signal));

  it('are made with a signing secret that is shown this once', async () => {
    const made = await create();
    const at = new Date(TEST_TIME).toISOString();
    expect(made).toMatchObject({ name: 'the rate falls', source: 'api', created_at: at, judged: null });
    expect(made.secret).toMatch(/^whsec_/);
    expect(store.secrets.get(made.id)).toBe(made.secret);
    expect(JSON.stringify([await get(made.id), await list()])).not.toContain(made.secret);
  });

  it('have ids and secrets that no other has', async () => {
    const made = await Promise.all([create(), create()]);
    expect(new Set(made.flatMap(({ id, secret }) => [id, secret])).size).toBe(4);
  });

  it(`are no more than ${MOST_RULES}`, async () => {
    for (let made = 0; made < MOST_RULES; made += 1) await create();
    await expect(create()).rejects.toThrow(TooManyRules);
    expect((await list()).rules).toHaveLength(MOST_RULES);
  });

  it('show the address of a webhook only to those who may see the whole rule', async () => {
    const { id } = await create();
    const shown = [await get(id), (await list()).rules[0]!];
    expect(shown.map(({ webhook_url, webhook_host }) => [webhook_url, webhook_host])).toEqual([
      [ADDRESS, 'hooks.example.com'],
      [ADDRESS, 'hooks.example.com'],
    ]);
    const hidden = [await get(id, false), (await list(false)).rules[0]!];
    expect(hidden.map(({ webhook_url, webhook_host }) => [webhook_url, webhook_host])).toEqual([
      [null, 'hooks.example.com'],
      [null, 'hooks.example.com'],
    ]);
  });

  it('are changed, and then deleted', async () => {
    const { id, created_at } = await create();
    clock.time += 1_000;
    const changed = await change(id);
    const updated_at = new Date(TEST_TIME + 1_000).toISOString();
    expect(changed).toMatchObject({ id, name: 'another', created_at, updated_at, webhook_url: null });
    expect(await get(id)).toEqual(changed);
    expect(await remove(id)).toEqual(changed);
    expect(await list()).toEqual({ rules: [] });
  });

  it('get another secret, which takes the place of the one before', async () => {
    const { id, secret } = await create();
    const renewed = await renew(id);
    expect(renewed).toEqual({ id, secret: store.secrets.get(id) });
    expect(renewed.secret).not.toBe(secret);
  });

  it('that nobody made are not found', async () => {
    for (const act of [get, change, remove, renew, tested]) {
      await expect(act(testUuid(9))).rejects.toThrow(UnknownRule);
    }
  });

  it('of the file are changed there alone, and get a secret as others do', async () => {
    await store.replaceFile([{ id: OF_FILE, rule: TOLD, secret: 'whsec_first' }], TEST_TIME);
    for (const act of [change, remove]) await expect(act(OF_FILE)).rejects.toThrow(RuleOfFile);
    expect(await get(OF_FILE)).toMatchObject({ source: 'file', name: 'the rate falls' });
    expect((await renew(OF_FILE)).secret).toBe(store.secrets.get(OF_FILE));
  });

  it('are tested: the webhook is told what is judged now, signed with the secret of the rule', async () => {
    const { id, secret } = await create();
    const { notification_id, delivered, detail } = await tested(id);
    expect([delivered, detail]).toEqual([true, null]);
    expect(webhook.sent).toMatchObject([[ADDRESS, { id: notification_id, secret }]]);
    expect(JSON.parse(webhook.sent[0]![1].body)).toMatchObject({
      type: 'alert.test',
      rule: { id },
      judged: 'ok',
      value: 4,
      window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
    });
  });

  it('say why a test was not delivered, and pass on what is no matter of delivery', async () => {
    const { id } = await create();
    webhook.failure = new NotDelivered('hooks.example.com: ENOTFOUND');
    expect(await tested(id)).toMatchObject({ delivered: false, detail: 'hooks.example.com: ENOTFOUND' });
    webhook.failure = new TypeError('a defect');
    await expect(tested(id)).rejects.toThrow('a defect');
  });

  it('without a webhook tell nobody', async () => {
    const { id } = await create(ruleOf());
    expect(await tested(id)).toMatchObject({ delivered: false, detail: 'The rule has no webhook_url.' });
    expect(webhook.sent).toEqual([]);
  });
});
