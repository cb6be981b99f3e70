import { NEW_WATCH } from '../../../src/alerts/domain/watch.js';
import { DeadLetterStore } from '../../../src/events/application/dead-letter-store.port.js';
import { ruleOf } from '../../alerts/rules.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { ApiDocument, type Operation } from '../../support/api-document.js';
import { RegionMerges } from '../../../src/regions/application/merging/region-merges.js';
import { Votes } from '../../../src/live/application/votes.port.js';
import { deadLetter } from '../../support/dead-letters.js';
import { documents, textOf } from '../../support/documents.js';
import { StandIns } from '../../support/orchestrator.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { recordRows } from '../../support/record-rows.js';

/** The key of the document's examples; the service has it, since one of them makes keys. */
const KEY = 'mon_Ab3dE5gH';
const NDJSON = 'application/x-ndjson';
/** Those whose answer is not one of JSON. */
const STREAMS: Readonly<Record<string, string>> = {
  '/live/stream': 'text/event-stream',
  '/users/{user_id}/export': NDJSON,
};
/** The day of the document's examples. */
const NOW = Date.parse('2025-11-22T12:00:00.000Z');

describe('the API document', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let standIns: StandIns;
  let api: ApiDocument;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    standIns = await StandIns.start();
    application = await startApplication(
      testDatabase.url,
      { ...standIns.settings, API_TOKEN: KEY, ERASURE_KEY: 'k'.repeat(32) },
      NOW,
    );
    await application.database.connect();
    // There is no broker here.
    application.app.get(Votes, { strict: false }).publish = () => Promise.resolve();
    // Nor is there another region.
    application.app.get(RegionMerges).start = () => Promise.resolve('019aab4c-3e80-7abc-8def-0123456789ab');
    const fields = {
      user_id: '550e8400-e29b-41d4-a716-446655440000',
      session_id: 'sess_abc123',
      url: 'https://product.com/item/123',
      timestamp: NOW - 5 * 3_600_000,
    };
    await recordRows(application.store, [
      { event_type: 'click', event_id: 'order-1001', ...fields, x: 0.45, y: 0.3, campaign: 'autumn' },
      { event_type: 'click', event_id: 'click-1', ...fields, reaction: 'cheers' },
      { event_type: 'conversion', event_id: 'order-1001', ...fields, conversion_type: 'signup' },
      { event_type: 'sale', event_id: 'order-1001', ...fields, amount: '19.90', currency: 'EUR' },
    ]);
    await application.app
      .get(DeadLetterStore)
      .add([deadLetter(1, { publishedAt: NOW - 3_600_000 })], new AbortController().signal);
    await application.database
      .writers()
      .query(
        `update dead_letters set id = '019aab4c-3e80-7abc-8def-0123456789ab', first_seen = first_seen - interval '1 h'`,
      );
    await application.database
      .writers()
      .query(
        `insert into access_keys (id, role, name, created_at) values ('019aab4c-3e80-7abc-8def-0123456789ab', 'read', 'grafana', now())`,
      );
    await application.database
      .writers()
      .query(
        `insert into access_secrets (digest, key_id, prefix, created_at) select '\\x00', id, 'mon_Ab3dE5gH', created_at from access_keys`,
      );
    api = new ApiDocument((await (await fetch(`${application.url}/docs-json`)).json()) as Record<string, unknown>);
  });
  afterAll(async () => {
    await application.close();
    await standIns.stop();
    await testDatabase.drop();
  });

  /** The request with these of its parameters' examples, and the example of its body. */
  const call = async (
    { method, path, parameters, requestBody }: Operation,
    names: readonly string[],
    body?: unknown,
  ) => {
    let address = path;
    const query = new URLSearchParams();
    for (const { name, in: place, example, required } of parameters) {
      if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(String(example)));
      else if (place === 'query' && (required || names.includes(name))) query.set(name, String(example));
    }
    const contentType = requestBody && Object.keys(requestBody.content)[0];
    const response = await fetch(`${application.url}${address}?${query.toString()}`, {
      method: method.toUpperCase(),
      headers: { 'x-api-token': KEY, ...(contentType ? { 'content-type': contentType } : {}) },
      ...(contentType ? { body: JSON.stringify(body) } : {}),
    });
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (type === 'text/event-stream') return { status: String(response.status), type, body: await firstData(response) };
    if (type === NDJSON) return { status: String(response.status), type, body: await firstLine(response) };
    return { status: String(response.status), type, body: await response.json() };
  };

  const firstLine = async (response: Response): Promise<unknown> => JSON.parse((await response.text()).split('\n')[0]!);

  /** Reads the first event of a stream that never ends. */
  const firstData = async ({ body }: Response): Promise<unknown> => {
    let text = '';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      const data = /^data: (.*)$/m.exec((text += chunk))?.[1];
      if (data !== undefined && text.endsWith('\n\n')) return JSON.parse(data);
    }
    throw new Error(`the stream ended: ${text}`);
  };

  /** The examples delete the rule that they are about. */
  const anAlertRule = async () => {
    const rule = ruleOf();
    await application.database.writers().query(
      `insert into alert_rules (id, source, name, rule, secret, created_at, updated_at, watch)
        values ('019aab4c-3e80-7abc-8def-0123456789ab', 'api', $1, $2, 'whsec_AA==', now(), now(), $3) on conflict do nothing`,
      [rule.name, JSON.stringify(rule), JSON.stringify(NEW_WATCH)],
    );
  };

  /** If parameters exclude each other and one of them is needed, takes the first that is among these, else the first of them. */
  const withOneOf = (operation: Operation, names: readonly string[]): readonly string[] => {
    const oneOf = operation['x-one-of'] ?? [];
    const chosen = oneOf.find((name) => names.includes(name)) ?? oneOf[0];
    return chosen === undefined ? names : [...names.filter((name) => !oneOf.includes(name)), chosen];
  };

  const bodiesOf = ({ requestBody }: Operation): unknown[] => {
    if (!requestBody) return [undefined];
    return Object.values(requestBody.content).flatMap(({ example, examples }) => [
      ...(example === undefined ? [] : [example]),
      ...Object.values(examples ?? {}).map(({ value }) => value),
    ]);
  };

  it('every example works: the documented status, and an answer that matches its schema', async () => {
    let called = 0;
    for (const operation of api.operations()) {
      const optional = operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
      const withoutCursor = optional.filter((name) => name !== 'cursor');
      const bodies = bodiesOf(operation);
      expect([operation.path, bodies.length > 0]).toEqual([operation.path, true]);
      const sets = [[], withoutCursor, optional, ...optional.map((name) => [name])];
      for (const names of sets.map((set) => withOneOf(operation, set))) {
        for (const body of bodies) {
          const where = `${operation.method} ${operation.path} ${names.join()}`;
          if (operation.path.startsWith('/alerts/rules/{id}')) await anAlertRule();
          const answer = await call(operation, names, body);
          const type = STREAMS[operation.path] ?? 'application/json';
          expect([where, answer.status, answer.type]).toEqual([where, expect.stringMatching(/^2/), type]);
          const schema = operation.responses[answer.status]?.content?.[answer.type]?.schema;
          expect([where, schema && api.errors(schema, answer.body)]).toEqual([where, []]);
          called += 1;
        }
      }
    }
    expect(called).toBeGreaterThan(15);
  }, 120_000);

  it('the examples find something: a page, an event, a figure', async () => {
    const operation = (path: string) =>
      api.operations().find((one) => one.path === path && one.method === 'get') as Operation;
    const page = operation('/events');
    const names = page.parameters.map(({ name }) => name).filter((name) => !['cursor', 'label'].includes(name));
    expect((await call(page, names)).body).toMatchObject({
      events: [{ event_type: 'click' }, { event_type: 'click' }],
    });
    expect((await call(page, ['label'])).body).toMatchObject({ events: [{ reaction: 'cheers' }] });
    expect((await call(page, ['cursor'])).body).not.toMatchObject({ events: [] });
    expect((await call(operation('/events/{event_id}'), ['event_type'])).body).toMatchObject({
      event_id: 'order-1001',
    });
    const { total_clicks, total_votes } = (await call(operation('/metrics'), [])).body as Record<string, number>;
    expect([total_clicks, total_votes].map((figure) => Number(figure) > 0)).toEqual([true, true]);
  });

  it('says of each route what it is for, and which errors it has', () => {
    for (const { path, summary, tags, responses, parameters } of api.operations()) {
      expect([path, typeof summary, tags?.length]).toEqual([path, 'string', 1]);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status < '400' || path.startsWith('/health')) continue;
        expect([path, status, Object.keys(content ?? {})]).toEqual([path, status, ['application/problem+json']]);
      }
      if (parameters.length > 0) expect([path, '400' in responses]).toEqual([path, true]);
      for (const { name, schema, example, ...rest } of parameters) {
        expect([path, name, 'description' in rest]).toEqual([path, name, true]);
        if (rest.in === 'header') continue;
        const bounded = ['enum', 'maximum', 'maxLength', 'oneOf'].some((bound) => bound in schema);
        expect([path, name, bounded, example !== undefined]).toEqual([path, name, true, true]);
        expect([path, name, api.errors(schema, example)]).toEqual([path, name, []]);
      }
    }
  });

  it('has the routes that docs/api.md names, and docs/api.md names all of them', () => {
    const routes = api.operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const named = (text: string) =>
      [...text.matchAll(/`((?:GET|POST|PUT|DELETE) \/[^`?\s]*)/g)].map(([, route]) =>
        route!.replace(/\/reports\/(daily|weekly|monthly).*$/, '/reports/{report}'),
      );
    expect(routes.filter((route) => !named(textOf('docs/api.md')).includes(route))).toEqual([]);
    // Pages, older paths and what Prometheus reads stand outside the document.
    const beside = /^GET \/($|dashboard$|secret-heatmap$|clicker$|internal\/metrics$)|\.php$/;
    const unknown = named(documents().map(textOf).join('\n')).filter((route) => !routes.includes(route));
    expect(unknown.filter((route) => !beside.test(route))).toEqual([]);
  });

  it('says which routes answer without a key too: health needs none, /metrics needs one by choice, /keys always', () => {
    const asked = (path: string) => api.operations().find((one) => one.path === path && one.method === 'get')?.security;
    expect(asked('/health')).toBeUndefined();
    expect(asked('/metrics')).toEqual(expect.arrayContaining([{}, { token: [] }, { session: [] }]));
    expect(asked('/keys')).toEqual(expect.arrayContaining([{ token: [] }, { session: [] }]));
    expect(asked('/keys')).not.toContainEqual({});
  });

  it('every example of a schema matches that schema', () => {
    let examples = 0;
    for (const [name, { properties }] of Object.entries(api.schemas())) {
      for (const [property, schema] of Object.entries((properties ?? {}) as Record<string, Record<string, unknown>>)) {
        if (schema.example === undefined) continue;
        expect([name, property, api.errors(schema, schema.example)]).toEqual([name, property, []]);
        examples += 1;
      }
    }
    expect(examples).toBeGreaterThan(20);
  });

  it('the check would notice: an undeclared property, a wrong type, a missing field', async () => {
    const operation = api.operations().find(({ path }) => path === '/metrics') as Operation;
    const schema = operation.responses['200']?.content?.['application/json']?.schema ?? {};
    const { body } = (await call(operation, [])) as { body: Record<string, unknown> };
    expect(api.errors(schema, body)).toEqual([]);
    const missing = { ...body, exact: undefined };
    for (const wrong of [
      { ...body, extra: 1 },
      { ...body, total_clicks: '1' },
      { ...body, window: { from: 'x' } },
      missing,
    ]) {
      expect(api.errors(schema, wrong)).not.toEqual([]);
    }
  });

  it('problems match what is documented', async () => {
    for (const path of ['/events?limit=0', '/metrics?period=2h', '/events/none']) {
      const response = await fetch(application.url + path);
      expect(api.errors({ $ref: '#/components/schemas/Problem' }, await response.json())).toEqual([]);
    }
  });
});
