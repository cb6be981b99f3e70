import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
};

export const latencyOf = (ms: readonly number[]): Latency => ({
  p50: percentile(ms, 0.5),
  p99: percentile(ms, 0.99),
  requests: ms.length,
});

/** One request over a connection that stays open. */
export function request(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }));
    }).on('error', reject);
  });
}

/** So often the client collects its own garbage, between two requests: what large answers leave behind was due after about 25. */
const REQUESTS_A_COLLECTION = 10;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Limits {
  readonly requests: number;
  readonly longestMs: number;
}

/** One request after the other until both limits are reached, or the time is up. The first ten are not measured. */
export const measure = async (url: string, limits: Limits): Promise<Latency> => latencyOf(await timesOf(url, limits));

/**
 * The times of the requests in their order, in milliseconds. No collection of the client's own garbage, up to 18 ms, is in them.
 *
 * @param unmeasured so many come before them
 */
export async function timesOf(url: string, { requests, longestMs }: Limits, unmeasured = 10): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const end = performance.now() + longestMs;
  for (let n = -unmeasured; n < requests && (performance.now() < end || times.length < 5); n += 1) {
    if (n % REQUESTS_A_COLLECTION === 0) collectGarbage();
    const begun = performance.now();
    const { status } = await request(agent, url);
    if (status !== 200) throw new Error(`${url}: ${status}`);
    if (n >= 0 || performance.now() > end) times.push(performance.now() - begun);
  }
  agent.destroy();
  return times;
}
