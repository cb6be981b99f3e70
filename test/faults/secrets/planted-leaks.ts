import { queryOn } from '../stage.js';
import type { RunSecrets } from './run-secrets.js';

/** Careless lines, as somebody could write them while looking for a mistake. */
const CARELESS = `import { ServerResponse } from 'node:http';
const { writeHead } = ServerResponse.prototype;
ServerResponse.prototype.writeHead = function (...parts) {
  this.setHeader('x-signed-in-with', process.env.PULSAR_TOKEN);
  return writeHead.apply(this, parts);
};
console.error('asked with', process.env.API_TOKEN);`;

/** Configuration of a service that runs them before its own. */
export const LEAKING = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CARELESS)}` };

/** The leaks of such a service, and those that `plantLeaks` puts into its database, with how each must be found. */
const LEAKS = [
  { fault: 'a service that logs its token', hit: 'API_TOKEN in logs' },
  { fault: "a service that answers with its broker's token", hit: 'PULSAR_TOKEN in answers' },
  { fault: 'an address with its password in the audit log', hit: 'the password of PostgreSQL in audit log' },
  { fault: 'a dead letter that holds a key in base64', hit: 'ERASURE_KEY in dead letters' },
] as const;

export interface CaughtLeak {
  readonly fault: string;
  readonly expected: 'secret';
  readonly found: Readonly<Record<string, number>>;
  readonly caught: boolean;
}

/** Nobody may audit this database afterwards. */
export async function plantLeaks(databaseUrl: string, secrets: RunSecrets): Promise<void> {
  await queryOn(
    databaseUrl,
    `insert into audit_log (id, at, actor, action, details) values (gen_random_uuid(), now(), 'harness', 'planted', jsonb_build_object('at', $1::text))`,
    [secrets.inAddress(databaseUrl)],
  );
  const key = Buffer.from(`key ${secrets.env.ERASURE_KEY}`).toString('base64');
  await queryOn(
    databaseUrl,
    `insert into dead_letters (id, origin_key, reason, topic, message_id, published_at, payload, first_seen, attempts, state)
     values (gen_random_uuid(), gen_random_uuid(), 'not_json', 'planted', 'planted', now(), $1, now(), 1, 'open')`,
    [Buffer.from(`"key":"${key}"`)],
  );
}

/** After the service has ended, and its database was looked through. */
export function leaksCaught(secrets: RunSecrets): CaughtLeak[] {
  const { hits } = secrets.canaries.seen();
  return LEAKS.map(({ fault, hit }) => {
    const found = hits.filter((line) => line.startsWith(`${hit}: `)).length;
    return { fault, expected: 'secret', found: { secret: found }, caught: found === 1 };
  });
}
