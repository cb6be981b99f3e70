import { eventually } from '../../support/waiting.js';
import type { Replica } from '../replica.js';
import type { RunSecrets } from './run-secrets.js';

/** A replica reads the keys every 2 s. */
const KNOWN_MS = 30_000;
const ASKED_MS = 10_000;
/** Lists show the mark and the first characters of a key. */
const SHOWN_LENGTH = 12;
/** 96 random bits: also of a key or cookie that was cut. */
const CORE_LENGTH = 16;

/** Keys of the table of one database, and the cookie of a page that is signed in. */
export interface ServiceKeys {
  readonly ingest: string;
  readonly read: string;
  readonly cookie: string;
}

/** Makes them through one of the replicas. Resolves when all of them know the keys. */
export async function makeKeys(replicas: readonly Replica[], { apiToken, canaries }: RunSecrets): Promise<ServiceKeys> {
  const [{ url }] = replicas as [Replica];
  const key = async (role: string) => {
    const response = await post(`${url}/keys`, { role, name: `of the harness, ${role}` }, { 'x-api-token': apiToken });
    const { key: secret } = (await response.json()) as { key: string };
    return canaries.add(`a key of the role ${role}`, secret, secret.slice(SHOWN_LENGTH, SHOWN_LENGTH + CORE_LENGTH));
  };
  const [ingest, read] = [await key('ingest'), await key('read')];
  const signedIn = await post(`${url}/session`, { key: read }, {});
  const cookie = /monitoreo_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1];
  if (cookie === undefined) throw new Error('nobody could sign in');
  canaries.add('a cookie', cookie, cookie.slice(0, CORE_LENGTH));
  await Promise.all(
    replicas.map((replica) =>
      eventually(() => takes(replica, read), { within: KNOWN_MS, what: `${replica.name} knows the keys` }),
    ),
  );
  return { ingest, read, cookie };
}

async function post(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ASKED_MS),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response;
}

async function takes({ url }: Replica, key: string): Promise<boolean> {
  const headers = { 'x-api-key': key };
  return (await fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(ASKED_MS) })).ok;
}
