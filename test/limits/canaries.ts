import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { RawClient, type Answer, type HeaderList, JSON_BODY } from '../access/asked-by-node.js';
import { formsOf } from '../support/canaries.js';
import { StandIns } from '../support/orchestrator.js';
import { eventually } from '../support/waiting.js';
import { type Outcome, type Say, Stage } from './stage.js';

const API_TOKEN = 'canary-of-api-token-Zk3';
const DATABASE_PASSWORD = 'canary-of-database-Qm7';
const PULSAR_TOKEN = 'canary-of-pulsar-Wd9';
const PAYLOAD = 'canary-of-payload-Rt5';
const WRONG_KEY = 'canary-of-wrong-key-Hb2';

export interface Canaries {
  /** The time of each fault. */
  readonly seconds: number;
}

export interface CanariesSeen {
  /** Where a secret stood that may not: `what in where`. */
  readonly hits: readonly string[];
  /** Characters that were looked through, by where they stood. */
  readonly looked: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * A run with faults in which every secret is one that can be recognised: none may be found in logs, metrics, errors or the
 * audit log, and no key or cookie of ours with the services behind the orchestrator.
 */
export async function canaries({ seconds }: Canaries, say: Say): Promise<CanariesSeen> {
  const stage = await Stage.open();
  const standIns = await StandIns.start();
  // A broker that knows nobody: what the service says of that is what could leak.
  const broker = createServer((_, response) => response.writeHead(401).end()).listen(0, '127.0.0.1');
  await once(broker, 'listening');
  try {
    await stage.query(`create role canary login superuser password '${DATABASE_PASSWORD}'`);
    const database = stage.databaseUrl;
    [database.username, database.password] = ['canary', DATABASE_PASSWORD];
    const { port } = broker.address() as AddressInfo;
    const service = await stage.start({
      ...standIns.settings,
      API_TOKEN,
      PULSAR_TOKEN,
      DATABASE_URL: database.href,
      PULSAR_SERVICE_URL: `ws://127.0.0.1:${port}`,
      LOG_LEVEL: 'trace',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      READS: 'key',
      UPSTREAM_CACHE_MS: '0',
    });
    const run = new CanaryRun(new RawClient(service.url));
    await run.signIn();
    for (const fault of ['none', 'stalled', 'cut', 'none'] as const) {
      say(`PostgreSQL: ${fault}`);
      if (fault === 'stalled') stage.proxy.stall();
      const end = performance.now() + seconds * 1000;
      do {
        if (fault === 'cut') stage.proxy.cut();
        await run.askAll();
      } while (performance.now() < end);
      stage.proxy.flow();
    }
    await eventually(() => run.endsWell(), { within: 60_000, what: 'the service goes on after the faults' });
    service.kill('SIGTERM');
    await service.exited;
    const asked = standIns.asked.flat();
    if (asked.length === 0) throw new Error('the services behind the orchestrator were never asked');
    return run.found(service.logs(), JSON.stringify(asked));
  } finally {
    broker.close();
    await standIns.stop();
    await stage.close();
  }
}

class CanaryRun {
  private readonly errors: string[] = [];
  private readonly told: string[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly keys: string[] = [];
  private cookie = '';

  constructor(private readonly client: RawClient) {}

  async signIn(): Promise<void> {
    const by = [['X-API-Token', API_TOKEN] as const, JSON_BODY];
    for (const role of ['admin', 'read', 'ingest']) {
      const made = await this.client.ask('POST', '/keys', by, JSON.stringify({ role, name: `a ${role}` }));
      this.keys.push(made.json<{ key: string }>().key);
    }
    const opened = await this.client.ask('POST', '/session', [JSON_BODY], JSON.stringify({ key: this.keys[0] }));
    this.cookie = /monitoreo_session=([^;]+)/.exec(String(opened.headers['set-cookie']))?.[1] ?? '';
    if (this.cookie === '' || this.keys.length !== 3) throw new Error('nobody could sign in');
  }

  /** Each secret where it belongs, and where people put it by mistake. */
  async askAll(): Promise<void> {
    const [admin, read, ingest] = this.keys as [string, string, string];
    const event = { event_type: 'click', user_id: 'u', note: PAYLOAD };
    const letters: HeaderList = [['X-API-Token', admin]];
    const shown: readonly HeaderList[] = [
      [['X-API-Token', API_TOKEN]],
      [['X-API-Key', read]],
      [['Authorization', `Bearer ${read}`]],
      [['Authorization', `Basic ${Buffer.from(`${read}:`).toString('base64')}`]],
      [['Cookie', `monitoreo_session=${this.cookie}`]],
      [['X-API-Token', WRONG_KEY]],
      [['X-API-Token', admin], ['X-API-Key', read]],
      [],
    ]; // prettier-ignore
    const paths = [
      '/metrics',
      '/events?limit=1',
      '/dead-letters',
      '/audit',
      '/keys',
      '/session',
      '/api/health/services',
    ];
    const asks = shown.flatMap((headers) =>
      [...paths, '/api/dashboard/summary'].map((path) => this.ask('GET', path, headers)),
    );
    await Promise.all([
      ...asks,
      this.ask('GET', `/metrics?token=${read}&api_key=${admin}`, []),
      this.ask('GET', `/nothing/${read}`, letters),
      this.ask('POST', `/keys/${admin}/rotate`, letters),
      this.ask('POST', '/events', [JSON_BODY, ['X-API-Token', ingest]], JSON.stringify({ events: [event] })),
      this.ask('POST', '/events', [JSON_BODY, ['X-API-Token', ingest]], `{"events":[{"user_id":"${PAYLOAD}"`),
      this.ask('POST', '/track', [JSON_BODY, ['X-API-Token', ingest]], JSON.stringify({ ...event, x: PAYLOAD, y: 7 })),
      this.ask('POST', '/session', [JSON_BODY], JSON.stringify({ key: WRONG_KEY })),
      this.ask('POST', '/session', [JSON_BODY], JSON.stringify({ kee: admin })),
      this.ask('POST', '/dead-letters/replay', [JSON_BODY, ['X-API-Token', admin]], '{"reason":"schema"}'),
      this.ask('POST', '/keys', [JSON_BODY, ['X-API-Token', read]], JSON.stringify({ role: admin, name: read })),
    ]);
    this.told.push((await this.client.ask('GET', '/internal/metrics', [['X-API-Token', API_TOKEN]])).body);
    this.told.push((await this.client.ask('GET', '/health')).body);
  }

  /** Whether all is well again; then what the audit log and the list of keys say is kept. */
  async endsWell(): Promise<boolean> {
    for (const path of ['/audit?limit=1000', '/keys']) {
      const { status, body } = await this.client.ask('GET', path, [['X-API-Token', API_TOKEN]]);
      if (status !== 200) return false;
      this.told.push(body);
    }
    this.client.close();
    return true;
  }

  found(logs: string, upstreams: string): CanariesSeen {
    const { keys, cookie } = this;
    const ours = { 'API_TOKEN': [API_TOKEN], 'a key': keys, 'a cookie': [cookie], 'a wrong key': [WRONG_KEY] }; // prettier-ignore
    const servers = { 'the password of PostgreSQL': [DATABASE_PASSWORD], 'the token of Pulsar': [PULSAR_TOKEN] };
    const texts: readonly (readonly [string, string, Readonly<Record<string, readonly string[]>>])[] = [
      ['logs', logs, { ...ours, ...servers, 'a payload': [PAYLOAD] }],
      // Whoever sent a payload is told with an excerpt of it what is wrong.
      ['errors', this.errors.join('\n'), { ...ours, ...servers }],
      ['metrics, health, audit log, list of keys', this.told.join('\n'), { ...ours, ...servers, 'a payload': [PAYLOAD] }],
      ['requests to the services behind the orchestrator', upstreams, { ...ours, ...servers }],
    ]; // prettier-ignore
    const hits = texts.flatMap(([where, text, secrets]) =>
      Object.entries(secrets).flatMap(([what, values]) =>
        values.flatMap(formsOf).some((value) => text.includes(value)) ? [`${what} in ${where}`] : [],
      ),
    );
    const looked = Object.fromEntries(texts.map(([where, text]) => [where, text.length]));
    return { hits, looked, statuses: this.statuses };
  }

  private async ask(method: string, path: string, headers: HeaderList, body = ''): Promise<void> {
    const answer: Answer | null = await this.client.ask(method, path, headers, body).catch(() => null);
    const status = answer?.status ?? 'none';
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (answer !== null && answer.status >= 400) this.errors.push(JSON.stringify(answer.headers) + answer.body);
  }
}

export function judge({ hits, looked, statuses }: CanariesSeen): Outcome {
  const characters = Object.entries(looked).map(([where, length]) => [`characters of ${where}`, length] as const);
  return {
    figures: { hits: hits.length, answers: JSON.stringify(statuses), ...Object.fromEntries(characters) },
    broken: [...hits, ...characters.filter(([, length]) => length === 0).map(([where]) => `no ${where}`)],
  };
}
