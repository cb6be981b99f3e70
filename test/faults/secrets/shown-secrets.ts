import { randomUUID } from 'node:crypto';
import type { RunSecrets } from './run-secrets.js';
import type { ServiceKeys } from './service-keys.js';

/** A service whose database is away answers later, and is about to be killed. */
const PATIENCE_MS = 2_000;
const WRONG_KEY = `nobody's-${randomUUID()}`;

type Ask = readonly [path: string, headers: Readonly<Record<string, string>>, body?: object];

/**
 * Shows a service each secret where it belongs, and where people put it by mistake, and looks through what it answers. What it does
 * not answer, since something is away, says nothing.
 */
export async function showSecrets(url: string, secrets: RunSecrets, keys: ServiceKeys | null): Promise<void> {
  const own = { 'x-api-token': secrets.apiToken };
  const asks: Ask[] = [
    ['/internal/metrics', own],
    ['/audit?limit=100', own],
    ['/keys', own],
    ['/health', own],
    ['/dead-letters?limit=100', { 'x-api-token': WRONG_KEY }],
    [`/metrics?api_key=${secrets.apiToken}`, {}],
    ['/regions/merge', own, { from: 'elsewhere' }],
    ['/keys', own, { role: secrets.apiToken, name: 'a role by mistake' }],
  ];
  if (keys !== null)
    asks.push(
      ['/events?limit=1', { authorization: `Bearer ${keys.read}` }],
      ['/dead-letters?limit=100', { authorization: `Basic ${Buffer.from(`${keys.read}:`).toString('base64')}` }],
      ['/metrics', { cookie: `monitoreo_session=${keys.cookie}`, 'x-api-key': keys.ingest }],
      ['/session', { cookie: `monitoreo_session=${keys.cookie}` }],
      [`/keys/${keys.ingest}/rotate`, own, {}],
    );
  await Promise.all(asks.map((ask) => answered(url, ask, secrets)));
}

async function answered(url: string, [path, headers, body]: Ask, { canaries }: RunSecrets): Promise<void> {
  try {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    const where = path === '/internal/metrics' && response.ok ? 'metrics' : 'answers';
    canaries.look(where, `${JSON.stringify([...response.headers])}\n${text}`);
  } catch (error) {
    // Refused, cut or too late.
    if (!['TypeError', 'TimeoutError', 'AbortError'].includes((error as Error).name)) throw error;
  }
}
