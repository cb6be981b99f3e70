import { type Role, ROLES } from '../../src/access/domain/role.js';
import type { CreatedKey } from '../../src/access/application/answers/key.answer.js';
import { TrustedProxies } from '../../src/platform/http/connection/trusted-proxies.js';
import { routeTableOf } from '../../src/platform/http/route-table.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { StandIns } from '../support/orchestrator.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { freshAddress, type HeaderList, JSON_BODY, RawClient } from './asked-by-node.js';

const TOKEN = 'the-token-of-the-configuration';

interface Wanted {
  readonly roles: readonly Role[];
  readonly openTo: 'all' | 'READS' | 'PUBLIC_WRITES' | 'nobody';
  readonly passesAuthorization?: true;
}

/** The role that each route asks for, written down a second time: a route that is not here, or asks for something else, fails. */
const WANTED: Readonly<
  Record<'open' | 'read' | 'upstreams' | 'keyedRead' | 'click' | 'vote' | 'record' | 'merge' | 'admin', Wanted>
> = {
  open: { roles: ROLES, openTo: 'all' },
  read: { roles: ['read', 'admin'], openTo: 'READS' },
  /** `Authorization` is theirs. */
  upstreams: { roles: ['read', 'admin'], openTo: 'READS', passesAuthorization: true },
  keyedRead: { roles: ['read', 'admin'], openTo: 'nobody' },
  click: { roles: ['ingest-public', 'ingest', 'admin'], openTo: 'nobody' },
  vote: { roles: ['ingest-public', 'ingest', 'admin'], openTo: 'PUBLIC_WRITES' },
  record: { roles: ['ingest', 'admin'], openTo: 'nobody' },
  merge: { roles: ['merge', 'admin'], openTo: 'nobody' },
  admin: { roles: ['admin'], openTo: 'nobody' },
};

const ROUTES: Readonly<Record<string, Wanted>> = {
  'GET /health': WANTED.open,
  'GET /health/live': WANTED.open,
  'GET /health/ready': WANTED.open,
  'GET /docs': WANTED.open,
  'GET /docs/': WANTED.open,
  'GET /docs/*': WANTED.open,
  'GET /docs/LICENSE': WANTED.open,
  'GET /docs/index.html': WANTED.open,
  'GET /docs/swagger-ui-init.js': WANTED.open,
  'GET /docs/docs/swagger-ui-init.js': WANTED.open,
  'GET /docs-json': WANTED.open,
  'GET /docs-yaml': WANTED.open,
  'GET /redoc': WANTED.open,
  'GET /api/dashboard/consolidated': WANTED.upstreams,
  'GET /api/dashboard/summary': WANTED.upstreams,
  'GET /api/health/services': WANTED.upstreams,
  'GET /internal/metrics': WANTED.read,
  'GET /metrics': WANTED.read,
  'GET /metrics/timeseries': WANTED.read,
  'GET /metrics/pages': WANTED.read,
  'GET /events': WANTED.read,
  'GET /events/:event_id': WANTED.read,
  'POST /events': WANTED.record,
  'POST /track': WANTED.click,
  'GET /dead-letters': WANTED.keyedRead,
  'GET /dead-letters/counts': WANTED.keyedRead,
  'GET /dead-letters/:id': WANTED.keyedRead,
  'GET /funnel': WANTED.keyedRead,
  'GET /paths': WANTED.keyedRead,
  'GET /reports/:report': WANTED.keyedRead,
  'GET /retention': WANTED.keyedRead,
  'GET /users/:user_id/journey': WANTED.keyedRead,
  'GET /users/:user_id/export': WANTED.admin,
  'DELETE /users/:user_id': WANTED.admin,
  'POST /dead-letters/replay': WANTED.admin,
  'POST /dead-letters/:id/replay': WANTED.admin,
  'GET /regions': WANTED.keyedRead,
  'GET /regions/facts': WANTED.merge,
  'GET /regions/erasures': WANTED.merge,
  'POST /regions/merge': WANTED.admin,
  'GET /keys': WANTED.admin,
  'POST /keys': WANTED.admin,
  'POST /keys/:id/rotate': WANTED.admin,
  'DELETE /keys/:id': WANTED.admin,
  'GET /audit': WANTED.admin,
  'GET /alerts': WANTED.keyedRead,
  'GET /alerts/rules': WANTED.keyedRead,
  'GET /alerts/rules/:id': WANTED.keyedRead,
  'POST /alerts/rules': WANTED.admin,
  'PUT /alerts/rules/:id': WANTED.admin,
  'DELETE /alerts/rules/:id': WANTED.admin,
  'POST /alerts/rules/:id/test': WANTED.admin,
  'POST /alerts/rules/:id/secret': WANTED.admin,
  'GET /': WANTED.open,
  'GET /dashboard': WANTED.open,
  'GET /dashboard/*': WANTED.open,
  'GET /secret-heatmap': WANTED.open,
  'GET /clicker': WANTED.open,
  'GET /assets/*': WANTED.open,
  'GET /tracker.js': WANTED.open,
  'GET /tracker.mjs': WANTED.open,
  'GET /tracker/:file': WANTED.open,
  'POST /api/heatmap/click': WANTED.vote,
  'POST /api/heatmap/click.php': WANTED.vote,
  'GET /api/heatmap/summary': WANTED.read,
  'GET /api/heatmap/pages': WANTED.read,
  'GET /api/heatmap/summary.php': WANTED.read,
  'GET /api/heatmap/pages.php': WANTED.read,
  'POST /live/click': WANTED.vote,
  'GET /live/data': WANTED.read,
  'GET /live/stream': WANTED.read,
  'GET /visualization-tools-ii/kafka-clicker': WANTED.open,
  'GET /visualization-tools-ii/kafka-dashboard': WANTED.open,
  'POST /visualization-tools-ii/kafka/click': WANTED.vote,
  'GET /visualization-tools-ii/kafka/data': WANTED.read,
  'POST /session': WANTED.open,
  'GET /session': WANTED.open,
  'DELETE /session': WANTED.open,
};

const UUID = '0190a000-0000-7000-8000-00000000ffff';
const SAFE = ['GET', 'HEAD'];

/** Who asks, with which headers, and which role that is; null: nobody's. */
interface Asker {
  readonly who: string;
  readonly role: Role | null;
  readonly headers: HeaderList;
  readonly query?: string;
  /** Known by a cookie: `without` an Origin nothing may be changed. */
  readonly cookie?: 'with' | 'without';
}

describe('every route, method, role and credential', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let client: RawClient;
  let standIns: StandIns;

  const start = async (settings: AnySettings) => {
    testDatabase = await createTestDatabase();
    const proxies = { TRUSTED_PROXIES: TrustedProxies.parse('127.0.0.0/8') };
    standIns = await StandIns.start();
    const upstreams = { ...standIns.settings, UPSTREAM_CACHE_MS: 60_000, ERASURE_KEY: 'k'.repeat(32) };
    application = await startApplication(testDatabase.url, { API_TOKEN: TOKEN, ...proxies, ...upstreams, ...settings });
    await application.database.connect();
    client = new RawClient(application.url);
  };
  afterEach(async () => {
    client.close();
    await application.close();
    await standIns.stop();
    await testDatabase.drop();
  });

  const asAdmin = async (method: string, path: string, body?: unknown): Promise<CreatedKey> => {
    const headers = [['X-API-Token', TOKEN] as const, ...(body ? [JSON_BODY] : [])];
    const answer = await client.ask(method, path, headers, body ? JSON.stringify(body) : '');
    expect(answer.status).toBeLessThan(300);
    return answer.json();
  };

  const signIn = async (key: string): Promise<string> => {
    const answer = await client.ask('POST', '/session', [JSON_BODY], JSON.stringify({ key }));
    expect(answer.status).toBe(201);
    return String(answer.headers['set-cookie']).split(';')[0]!;
  };

  async function allAskers(): Promise<Asker[]> {
    const origin = ['Origin', application.url] as const;
    const made = new Map<Role, string>();
    for (const role of ROLES) made.set(role, (await asAdmin('POST', '/keys', { role, name: `a ${role}` })).key);
    const admin = made.get('admin')!;
    const rotated = await asAdmin('POST', '/keys', { role: 'admin', name: 'rotated' });
    const renewed = await asAdmin('POST', `/keys/${rotated.id}/rotate`);
    const revoked = await asAdmin('POST', '/keys', { role: 'admin', name: 'revoked' });
    const cookieOfRevoked = await signIn(revoked.key);
    await asAdmin('DELETE', `/keys/${revoked.id}`);
    const ended = await signIn(admin);
    await client.ask('DELETE', '/session', [['Cookie', ended], origin]);

    const basic = (user: string) => `Basic ${Buffer.from(`${user}:`).toString('base64')}`;
    const nobody = (who: string, headers: HeaderList, query?: string): Asker => ({
      who,
      role: null,
      headers,
      ...(query === undefined ? {} : { query }),
    });
    const known = await Promise.all(
      [...made].map(async ([role, key]): Promise<Asker[]> => {
        const cookie = ['Cookie', await signIn(key)] as const;
        return [
          { who: `${role} by X-API-Token`, role, headers: [['X-API-Token', key]] },
          { who: `${role} by X-API-Key`, role, headers: [['X-API-Key', key]] },
          { who: `${role} by Bearer`, role, headers: [['Authorization', `Bearer ${key}`]] },
          { who: `${role} by Basic`, role, headers: [['Authorization', basic(key)]] },
          { who: `${role} by cookie`, role, headers: [cookie, origin], cookie: 'with' },
          { who: `${role} by cookie, no Origin`, role, headers: [cookie], cookie: 'without' },
        ];
      }),
    );
    return [
      nobody('none', []),
      nobody('junk', [['X-API-Token', 'junk']]),
      ...known.flat(),
      { who: 'API_TOKEN', role: 'admin', headers: [['X-API-Token', TOKEN]] },
      { who: 'a rotated key, its new secret', role: 'admin', headers: [['X-API-Token', renewed.key]] },
      { who: 'a rotated key, its old secret', role: 'admin', headers: [['X-API-Token', rotated.key]] },
      nobody('a revoked key', [['X-API-Token', revoked.key]]),
      nobody('the cookie of a revoked key', [['Cookie', cookieOfRevoked], origin]),
      nobody('the cookie of an ended session', [['Cookie', ended], origin]),
      nobody('an empty key', [['X-API-Token', '']]),
      nobody('junk as Bearer', [['Authorization', 'Bearer junk']]),
      nobody('no scheme', [['Authorization', admin]]),
      nobody('the key as password', [['Authorization', `Basic ${Buffer.from(`x:${admin}`).toString('base64')}`]]),
      nobody('a junk cookie', [['Cookie', 'monitoreo_session=junk'], origin]),
      nobody('the key as cookie', [['Cookie', `monitoreo_session=${admin}`], origin]),
      nobody('a cookie of another name', [['Cookie', (await signIn(admin)).replace('session=', 'Session=')], origin]),
      nobody('the key twice', [['X-API-Token', admin], ['X-API-Token', admin]]),
      nobody('Authorization twice', [['Authorization', `Bearer ${admin}`], ['Authorization', 'Bearer junk']]),
      nobody('two that differ', [['X-API-Token', admin], ['X-API-Key', made.get('read')!]]),
      nobody('the prefix of a key', [['X-API-Token', admin.slice(0, 12)]]),
      nobody('all but the last byte', [['X-API-Token', admin.slice(0, -1)]]),
      nobody('one byte more', [['X-API-Token', `${admin}A`]]),
      nobody('other letters', [['X-API-Token', admin.toUpperCase()]]),
      nobody('a look-alike', [['X-API-Token', `${admin}\u00a0`]]),
      nobody('a key in the address', [], `token=${admin}&api_key=${admin}&key=${admin}`),
      nobody('another header', [['X-Api_Token', admin], ['Token', admin]]),
    ]; // prettier-ignore
  }

  it.each<[string, AnySettings]>([
    ['reads open', { READS: 'open' }],
    ['reads for keys', { READS: 'key', PUBLIC_WRITES: 'key' }],
  ])(
    '%s: no leak, nobody shut out; a route that is not written down fails',
    async (_, settings) => {
      await start(settings);
      const server = application.app.getHttpAdapter().getInstance();
      const routes = routeTableOf(server)!
        .all()
        .filter(({ method }) => method !== 'HEAD');
      expect(routes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(ROUTES).sort());

      const everybody = await allAskers();
      const wrong: string[] = [];
      let asked = 0;
      for (const [route, wanted] of Object.entries(ROUTES)) {
        const [method = '', url = ''] = route.split(' ');
        const path = url.replace(':event_id', 'order-1').replace(':id', UUID).replace('*', 'swagger-ui.css');
        const isOpen =
          wanted.openTo === 'all' || (wanted.openTo !== 'nobody' && (settings[wanted.openTo] ?? 'open') === 'open');
        for (const one of method === 'GET' ? SAFE : [method]) {
          // Whoever asks for a page of the documentation is not looked at.
          const askers = wanted === WANTED.open && method === 'GET' ? everybody.slice(0, 3) : everybody;
          const tellsAll = await Promise.all(
            askers.map(async ({ who, role, headers, query = '', cookie }) => {
              const address = ['X-Forwarded-For', freshAddress()] as const;
              const { status } = await client.ask(one, `${path}?${query}`, [...headers, address]);
              const hidden = wanted.passesAuthorization && headers.some(([name]) => name === 'Authorization');
              const known = hidden ? null : role;
              const granted = isOpen || (known !== null && wanted.roles.includes(known));
              const mayVote = wanted === WANTED.vote && known !== null && wanted.roles.includes(known);
              const withoutOrigin = cookie === 'without' && !SAFE.includes(one);
              const refusal =
                withoutOrigin && (wanted.openTo === 'nobody' || route === 'DELETE /session' || mayVote) ? 403 : null;
              const expected = granted ? refusal : known === null ? 401 : 403;
              const letIn = ![401, 403, 429].includes(status) && status < 500;
              if (expected === null ? letIn : status === expected) return [];
              return [`${one} ${path} by ${who}: ${status}, not ${expected ?? 'let in'}`];
            }),
          );
          asked += askers.length;
          wrong.push(...tellsAll.flat());
        }
      }
      expect(wrong).toEqual([]);
      expect(asked).toBeGreaterThan(1_000);
    },
    120_000,
  );

  it('an address that is written otherwise opens nothing', async () => {
    await start({ READS: 'key' });
    const tricks = (path: string) => [
      `/${path}`,
      `${path}//`,
      `${path}/.`,
      `${path}/..${path}`,
      `/.${path}`,
      `/%2e${path}`,
      `/%2e%2e${path}`,
      `/docs/..${path}`,
      `/docs/%2e%2e${path}`,
      `/docs/%2e%2e%2f${path.slice(1)}`,
      `/health/..${path}`,
      `${path};x=1`,
      `${path}%2f`,
      `${path}%00`,
      `${path}%20`,
      path.toUpperCase(),
      path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      path.replace(/.$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      `${application.url}${path}`,
      `${path}?x=/health`,
    ];
    const wrong: string[] = [];
    for (const path of ['/metrics', '/events', '/dead-letters', '/keys', '/audit', '/internal/metrics']) {
      for (const trick of tricks(path)) {
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']) {
          for (const override of [[], [['X-HTTP-Method-Override', 'GET'] as const]]) {
            const { status } = await client.ask(method, trick, [['X-Forwarded-For', freshAddress()], ...override]);
            if (status < 400) wrong.push(`${method} ${trick}: ${status}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});
