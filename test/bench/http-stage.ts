import { join } from 'node:path';
import autocannon from 'autocannon';
import { freePort } from '../../src/platform/loopback-port.js';
import type { BenchPostgres } from './support/bench-servers.js';
import { type Child, startNode, until } from './support/child-process.js';
import { processorTimeUs } from './support/processor-time.js';
import type { Contender } from './support/rounds.js';

const CONNECTIONS = 64;
const CLICK = {
  page_url: '/albums/avengers',
  x: 0.45,
  y: 0.3,
  viewport_width: 1440,
  viewport_height: 900,
  scroll_y: 350,
};

export interface HttpTarget {
  readonly child: Child;
  readonly url: string;
}

async function start(script: string, env: Readonly<Record<string, string>>): Promise<HttpTarget> {
  const port = String(await freePort());
  const child = startNode(join(process.cwd(), script), [], { ...env, PORT: port, LOG_LEVEL: 'error' });
  const url = `http://127.0.0.1:${port}`;
  await until('the server answers', 30_000, async () => (await fetch(`${url}/health/live`)).ok);
  return { child, url };
}

/** The service without a broker: an address at which nobody listens. */
export const startService = ({ url }: BenchPostgres) =>
  start('dist/main.js', { DATABASE_URL: url, PULSAR_SERVICE_URL: 'ws://127.0.0.1:9' });

export const startBareInserts = ({ url }: BenchPostgres) =>
  start('.data/bench/test/bench/bare-insert-server.js', { DATABASE_URL: url });

/** 64 connections, one request after the other on each, for `seconds`. */
export const requests = (
  name: string,
  target: HttpTarget,
  postgres: BenchPostgres,
  seconds: number,
  batch: number,
): Contender => ({
  name,
  run: async () => {
    const body = JSON.stringify(
      batch === 1 ? CLICK : { events: Array.from({ length: batch }, () => ({ event_type: 'click', ...CLICK })) },
    );
    const used = () => [processorTimeUs(target.child.pid), processorTimeUs(postgres.pid)] as const;
    const before = used();
    const result = await autocannon({
      url: `${target.url}${batch === 1 ? '/track' : '/events'}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      connections: CONNECTIONS,
      duration: seconds,
    });
    if (result.errors > 0) throw new Error(`${name}: ${result.errors} errors`);
    const after = used();
    const events = result['2xx'] * batch;
    return {
      rate: events / result.duration,
      cpu: { server: (after[0] - before[0]) / events, PostgreSQL: (after[1] - before[1]) / events },
      p99Ms: result.latency.p99,
      // A full service turns senders away (503); those are no events, and the rate does not count them.
      refused: result.non2xx / result.requests.total,
    };
  },
});
