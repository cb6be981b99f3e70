import { Client } from 'pg';
import type { AuditPage } from '../../src/access/application/answers/audit.answer.js';
import type { CreatedKey, KeyList } from '../../src/access/application/answers/key.answer.js';
import type { Role } from '../../src/access/domain/role.js';
import { TrustedProxies } from '../../src/platform/http/connection/trusted-proxies.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { type AnySettings, atRest, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { freshAddress, type HeaderList, JSON_BODY, RawClient } from './asked-by-node.js';

const HOUR_MS = 3_600_000;
/** A replica must know within it; what is asked meanwhile takes its time too. */
const KNOWN_EVERYWHERE_MS = 5_000;

describe('keys, sessions, limits and the audit log', () => {
  let testDatabase: TestDatabase;
  let replicas: TestApplication[] = [];
  let clients: RawClient[] = [];

  const start = async (settings: AnySettings = {}): Promise<{ application: TestApplication; client: RawClient }> => {
    const application = await startApplication(testDatabase.url, settings);
    await atRest(application);
    const client = new RawClient(application.url);
    replicas.push(application);
    clients.push(client);
    return { application, client };
  };
  beforeEach(async () => {
    testDatabase = await createTestDatabase();
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    for (const replica of replicas) await replica.close();
    [replicas, clients] = [[], []];
    await testDatabase.drop();
  });

  const by = (key: string): HeaderList => [['X-API-Token', key]];
  const create = async (client: RawClient, role: Role, admin?: string): Promise<CreatedKey> => {
    const headers = [JSON_BODY, ...(admin === undefined ? [] : by(admin))];
    const answer = await client.ask('POST', '/keys', headers, JSON.stringify({ role, name: `for ${role}` }));
    expect(answer.status).toBe(201);
    return answer.json<CreatedKey>();
  };
  const signIn = async (client: RawClient, key: string) => {
    const answer = await client.ask('POST', '/session', [JSON_BODY], JSON.stringify({ key }));
    expect(answer.status).toBe(201);
    return String(answer.headers['set-cookie']);
  };
  const nameOf = (setCookie: string) => setCookie.split(';')[0]!;
  const status = async (client: RawClient, method: string, path: string, headers: HeaderList = []) =>
    (await client.ask(method, path, headers)).status;

  it('the first key closes what asks for one; its secret is shown once and stored nowhere', async () => {
    const { client, application } = await start();
    expect(await status(client, 'GET', '/dead-letters')).toBe(200);
    const admin = await create(client, 'admin');
    expect(Object.keys(admin)).toEqual(['id', 'role', 'name', 'key', 'prefix', 'created_at']);
    expect(admin.key.startsWith(admin.prefix)).toBe(true);
    expect(Buffer.from(admin.key.slice(4), 'base64url').length * 8).toBeGreaterThanOrEqual(128);

    for (const path of ['/dead-letters', '/keys', '/audit']) expect(await status(client, 'GET', path)).toBe(401);
    expect(await status(client, 'POST', '/track', [JSON_BODY])).toBe(401);
    expect(await status(client, 'GET', '/metrics')).toBe(200);
    const { keys } = (await client.ask('GET', '/keys', by(admin.key))).json<KeyList>();
    expect(keys).toMatchObject([{ id: admin.id, role: 'admin', prefix: admin.prefix, last_used: null }]);

    await application.app.get(Housekeeping).round();
    const used = (await client.ask('GET', '/keys', by(admin.key))).json<KeyList>().keys[0]?.last_used;
    expect(used).toBe(new Date(application.clock.time).toISOString());

    const cookie = nameOf(await signIn(client, admin.key)).split('=')[1]!;
    const sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
    for (const table of ['access_keys', 'access_secrets', 'access_sessions', 'audit_log']) {
      const { rows } = await sql.query<{ text: string }>(`select t::text as text from ${table} t`);
      expect([table, rows.length]).toEqual([table, 1]);
      const text = rows[0]!.text;
      for (const secret of [admin.key, cookie]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('hex'));
      }
    }
    await sql.end();
  });

  it('a rotated key has two secrets for a day, whatever replica is asked', async () => {
    const { client, application } = await start();
    const admin = await create(client, 'admin');
    const renewed = (await client.ask('POST', `/keys/${admin.id}/rotate`, by(admin.key))).json<CreatedKey>();
    expect(renewed).toMatchObject({ id: admin.id, role: 'admin', name: 'for admin', created_at: admin.created_at });
    application.clock.time += 24 * HOUR_MS - 1;
    for (const { key } of [admin, renewed]) expect(await status(client, 'GET', '/keys', by(key))).toBe(200);
    application.clock.time += 1;
    expect(await status(client, 'GET', '/keys', by(admin.key))).toBe(401);
    expect(await status(client, 'GET', '/keys', by(renewed.key))).toBe(200);
    await application.app.get(Housekeeping).round();
    expect((await client.ask('GET', '/keys', by(renewed.key))).json<KeyList>().keys[0]?.prefix).toBe(renewed.prefix);
  });

  it('revoked on one replica, it is refused on the other within 5 s, its session too, and a long answer breaks off', async () => {
    const proxies = { TRUSTED_PROXIES: TrustedProxies.parse('127.0.0.0/8') };
    const [one, other] = [await start({ READS: 'key' }), await start({ READS: 'key', ...proxies })];
    const admin = await create(one.client, 'admin');
    const reader = await create(one.client, 'read', admin.key);
    await recordRows(
      one.application.store,
      Array.from({ length: 3_000 }, (_, n) => ({
        event_type: 'click',
        event_id: `long-${n}`,
        user_id: 'u',
        timestamp: one.application.clock.time - n,
        note: 'x'.repeat(20_000), // together more than the buffers of a connection may hold
      })),
    );
    // From many addresses: a key that is not known there yet is a wrong one, and 20 of those would be too many.
    const known = async (path: string, headers: HeaderList) =>
      (await status(other.client, 'GET', path, [...headers, ['X-Forwarded-For', freshAddress()]])) === 200;
    // As long as it has read no key at all it lets anybody in, and has nothing to end later.
    const closed = async () => (await status(other.client, 'GET', '/events?limit=1')) === 401;
    await eventually(closed, { within: 10_000, what: 'the other replica has read a key' });
    await eventually(() => known('/events?limit=1', by(reader.key)), { within: 10_000, what: 'the key is known' });
    const cookie: HeaderList = [['Cookie', nameOf(await signIn(one.client, reader.key))]];
    expect(await known('/events?limit=1', cookie)).toBe(true); // at once, on every replica

    const headers = { 'x-api-token': reader.key, accept: 'application/x-ndjson' };
    const exports = await Promise.all(
      [one, other].map(({ application }) => fetch(`${application.url}/events`, { headers })),
    );
    const bodies = exports.map((response) => response.body!.getReader());
    for (const body of bodies) expect((await body.read()).done).toBe(false); // and no more is taken for the moment

    expect(await status(one.client, 'DELETE', `/keys/${reader.id}`, by(admin.key))).toBe(200);
    const revoked = performance.now();
    for (const shown of [by(reader.key), cookie]) {
      expect(await status(one.client, 'GET', '/events?limit=1', shown)).toBe(401);
      await eventually(async () => expect(await status(other.client, 'GET', '/events?limit=1', shown)).toBe(401), {
        within: 10_000,
        what: 'the other replica refuses it',
      });
    }
    expect(performance.now() - revoked).toBeLessThan(KNOWN_EVERYWHERE_MS * 2); // a loaded machine; on a quiet one 2 s
    const drained = async (body: ReadableStreamDefaultReader<Uint8Array>) => {
      while (!(await body.read()).done);
    };
    for (const body of bodies) await expect(drained(body)).rejects.toThrow();
    expect((await one.client.ask('GET', '/session', cookie)).json()).toMatchObject({ role: null });
    expect(await status(one.client, 'DELETE', `/keys/${reader.id}`, by(admin.key))).toBe(200);
  }, 60_000);

  it('a session is idle for 8 hours or lasts 7 days; ended anywhere it is ended everywhere', async () => {
    const token = 'the-configured-one';
    const settings = { API_TOKEN: token };
    const [one, other] = [await start(settings), await start(settings)];
    const setCookie = await signIn(one.client, token);
    expect(setCookie).toMatch(/^monitoreo_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
    const cookie = ['Cookie', nameOf(setCookie)] as const;
    const whoAmI = async ({ client }: typeof one) => (await client.ask('GET', '/session', [cookie])).json();
    const expected = { role: 'admin', key_id: 'api_token', name: 'API_TOKEN' };
    expect(await whoAmI(one)).toEqual({
      ...expected,
      expires_at: new Date(one.application.clock.time + 8 * HOUR_MS).toISOString(),
    });
    expect(await whoAmI(other)).toMatchObject(expected);

    // With the cookie something is changed only by a page of ours.
    const replay = (headers: HeaderList) =>
      one.client.ask('POST', '/dead-letters/replay', [cookie, JSON_BODY, ...headers], '{"reason":"schema"}');
    expect((await replay([])).status).toBe(403);
    expect((await replay([['Origin', 'http://evil.example']])).status).toBe(403);
    expect((await replay([['Origin', one.application.url]])).status).toBe(200);
    // A key beside it speaks for itself.
    expect((await replay([['X-API-Token', token]])).status).toBe(200);

    for (let days = 0; days < 7 * 4 - 1; days++) {
      one.application.clock.time += 6 * HOUR_MS;
      expect(await status(one.client, 'GET', '/dead-letters', [cookie])).toBe(200);
    }
    one.application.clock.time += 6 * HOUR_MS;
    expect(await status(one.client, 'GET', '/dead-letters', [cookie])).toBe(401);

    const second = ['Cookie', nameOf(await signIn(one.client, token))] as const;
    one.application.clock.time += 8 * HOUR_MS;
    expect(await status(one.client, 'GET', '/dead-letters', [second])).toBe(401);

    const third = ['Cookie', nameOf(await signIn(one.client, token))] as const;
    other.application.clock.time = one.application.clock.time;
    expect(await status(other.client, 'GET', '/dead-letters', [third])).toBe(200);
    expect(await status(one.client, 'DELETE', '/session', [third])).toBe(403);
    const ended = await one.client.ask('DELETE', '/session', [third, ['Origin', one.application.url]]);
    expect([ended.status, String(ended.headers['set-cookie'])]).toEqual([200, expect.stringContaining('Max-Age=0')]);
    expect(await status(one.client, 'GET', '/dead-letters', [third])).toBe(401);
    await eventually(async () => (await status(other.client, 'GET', '/dead-letters', [third])) === 401, {
      within: 10_000,
      what: 'the other replica has ended it',
    });
  }, 60_000);

  it('a key that is no text is told once what it should be', async () => {
    const { client } = await start();
    const answer = await client.ask('POST', '/session', [JSON_BODY], '{"key":5}');
    expect(answer.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'key', message: 'must be a string of 1 to 1000 characters' }],
    });
  });

  it('any number of fields that nobody asks for are answered at once, also one in another', async () => {
    const { client } = await start();
    const fields = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 0])));
    const some = fields(60_000);
    for (const path of ['/session', '/keys', '/dead-letters/replay'])
      for (const body of [fields(200_000), `{"key":${some},"name":[${some}],"reason":${some}}`])
        expect([path, (await client.ask('POST', path, [JSON_BODY], body)).status]).toEqual([path, 413]);
  });

  it('another API_TOKEN ends the sessions of the one before', async () => {
    const one = await start({ API_TOKEN: 'one' });
    const cookie: HeaderList = [['Cookie', nameOf(await signIn(one.client, 'one'))]];
    const other = await start({ API_TOKEN: 'other' });
    expect(await status(one.client, 'GET', '/keys', cookie)).toBe(200);
    expect(await status(other.client, 'GET', '/keys', cookie)).toBe(401);
  });

  it('20 wrong keys a minute and address, then 429, which a good key passes; IPv6 by its /64', async () => {
    const proxies = TrustedProxies.parse('127.0.0.0/8');
    const { client } = await start({ API_TOKEN: 'good', TRUSTED_PROXIES: proxies });
    const from = (address: string) => ['X-Forwarded-For', address] as const;
    for (const addresses of [['192.0.2.7'], ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6']]) {
      for (let n = 0; n < 20; n++) {
        const address = from(addresses[n % addresses.length]!);
        expect(await status(client, 'GET', '/dead-letters', [...by(`wrong ${n}`), address])).toBe(401);
      }
      const refused = await client.ask('GET', '/dead-letters', [...by('wrong'), from(addresses[0]!)]);
      expect([refused.status, refused.json().code]).toEqual([429, 'too_many_requests']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.headers).toMatchObject({ 'ratelimit-limit': '20', 'ratelimit-remaining': '0' });
      const wrongSignIn = await client.ask('POST', '/session', [JSON_BODY, from(addresses[0]!)], '{"key":"wrong"}');
      expect(wrongSignIn.status).toBe(429);
      expect(await status(client, 'GET', '/dead-letters', [...by('good'), from(addresses[0]!)])).toBe(200);
    }
    expect(await status(client, 'GET', '/dead-letters', [...by('wrong'), from('2001:db8:1:3::1')])).toBe(401);
  });

  it.each([
    ['IPv4', (port: number) => `192.0.2.7:${port}`],
    ['IPv6', (port: number) => `[2001:db8::7]:${port}`],
    ['IPv4 before another trusted proxy', (port: number) => `192.0.2.7:${port}, 127.0.0.9:${port}`],
  ])('an address with the port of its connection is the same with another port: %s', async (_, from) => {
    const { client } = await start({ API_TOKEN: 'good', TRUSTED_PROXIES: TrustedProxies.parse('127.0.0.0/8') });
    const wrong = (n: number) =>
      status(client, 'GET', '/dead-letters', [...by(`wrong ${n}`), ['X-Forwarded-For', from(50_000 + n)]]);
    for (let n = 0; n < 20; n++) expect(await wrong(n)).toBe(401);
    expect(await wrong(20)).toBe(429);
  });

  it('X-Forwarded-For of who is no trusted proxy says nothing', async () => {
    const { client } = await start({ API_TOKEN: 'good' });
    const tries = Array.from({ length: 21 }, async () =>
      status(client, 'GET', '/dead-letters', [...by('wrong'), ['X-Forwarded-For', freshAddress()]]),
    );
    expect((await Promise.all(tries)).filter((one) => one === 429)).toHaveLength(1);
  });

  it('posts with a public key have a rate, those of the other roles have none', async () => {
    const { client } = await start({ RATE_LIMIT_PUBLIC: 3 });
    const click = (key?: string) =>
      client.ask(
        'POST',
        '/track',
        [JSON_BODY, ...(key === undefined ? [] : by(key))],
        '{"page_url":"/","x":0.5,"y":0.5}',
      );
    for (let n = 0; n < 5; n++) expect((await click()).status).toBe(201); // while no key exists
    const admin = await create(client, 'admin');
    const ingest = await create(client, 'ingest', admin.key);
    const page = await create(client, 'ingest-public', admin.key);
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await click(page.key));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 429]);
    expect(answers.map((answer) => answer.headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
    expect(Number(answers[3]!.headers['retry-after'])).toBeGreaterThan(0);
    for (let n = 0; n < 5; n++) expect((await click(ingest.key)).status).toBe(201);
  });

  it('who changed what stands in the audit log, page by page, and goes after its time', async () => {
    const { client, application } = await start({ API_TOKEN: 'good', AUDIT_RETENTION_DAYS: 30 });
    const reader = await create(client, 'read', 'good');
    await client.ask('POST', `/keys/${reader.id}/rotate`, by('good'));
    await client.ask('POST', '/dead-letters/replay', [JSON_BODY, ...by('good')], '{"reason":"schema"}');
    await client.ask('DELETE', `/keys/${reader.id}`, by('good'));
    await client.ask('DELETE', `/keys/${reader.id}`, by('good')); // changes nothing
    const seen: AuditPage['entries'][number][] = [];
    let query = '?limit=3';
    for (;;) {
      const page = (await client.ask('GET', `/audit${query}`, by('good'))).json<AuditPage>();
      seen.push(...page.entries);
      if (page.next_cursor === null) break;
      query = `?limit=3&cursor=${page.next_cursor}`;
    }
    expect(seen.map(({ action, actor, subject }) => [action, actor, subject]).sort()).toEqual([
      ['dead_letters.replayed', 'api_token', null],
      ['key.created', 'api_token', reader.id],
      ['key.revoked', 'api_token', reader.id],
      ['key.rotated', 'api_token', reader.id],
    ]);
    const only = (await client.ask('GET', '/audit?action=key.created', by('good'))).json<AuditPage>();
    expect(only.entries).toMatchObject([{ details: { role: 'read', name: 'for read' } }]);

    const keep = async (days: number) => {
      application.clock.time += days * 24 * HOUR_MS;
      await application.app.get(Housekeeping).round();
      return (await client.ask('GET', '/audit', by('good'))).json<AuditPage>().entries.length;
    };
    expect(await keep(29)).toBe(4);
    expect(await keep(1)).toBe(0);
  });
});
