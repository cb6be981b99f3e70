import { randomUUID } from 'node:crypto';
import { WebSocketBroker } from '../../src/platform/pulsar/websocket/websocket-broker.js';
import { quietLogger } from './application.js';
import { clickPayload, encoded } from './events.js';
import { needed, told } from './test-run.js';
import { eventually } from './waiting.js';

/** Addresses of the run's broker. */
export function testPulsar(): { serviceUrl: string; webUrl: string } {
  return { serviceUrl: needed('pulsarServiceUrl'), webUrl: needed('pulsarWebUrl') };
}

/** `describe` for tests that need the broker. Without one they show as skipped, with the reason; in CI the run has failed before. */
export function describeWithPulsar(name: string, tests: () => void): void {
  const missing = told('pulsarMissing');
  if (missing === null) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}

/** A topic that nobody else uses: `persistent://public/default/test-…`. With `partitions` it is a partitioned one. */
export async function createTopic(
  options: { partitions?: number } = {},
  webUrl = testPulsar().webUrl,
): Promise<string> {
  const topic = `persistent://public/default/test-${randomUUID()}`;
  if (options.partitions === undefined) await admin('PUT', topic, '', undefined, webUrl);
  else await admin('PUT', topic, '/partitions', options.partitions, webUrl);
  return topic;
}

/** A subscription at the earliest message; make it before publishing, or what is consumed by all others is gone. */
export async function createSubscription(topic: string, name: string, webUrl = testPulsar().webUrl): Promise<void> {
  const earliest = { ledgerId: -1, entryId: -1, partitionIndex: -1 };
  await admin('PUT', topic, `/subscription/${encodeURIComponent(name)}`, earliest, webUrl);
}

/** Entries (batches of a producer, not messages) that the subscription has not acknowledged; 0 means all. */
export async function backlog(topic: string, subscription: string, webUrl = testPulsar().webUrl): Promise<number> {
  const { partitions } = (await admin('GET', topic, '/partitions', undefined, webUrl)) as { partitions: number };
  const path =
    partitions > 0 ? '/partitioned-stats?getPreciseBacklog=true&perPartition=false' : '/stats?getPreciseBacklog=true';
  const stats = (await admin('GET', topic, path, undefined, webUrl)) as {
    subscriptions: Record<string, { msgBacklog: number } | undefined>;
  };
  const found = stats.subscriptions[subscription];
  if (!found) throw new Error(`${topic} has no subscription ${subscription}`);
  return found.msgBacklog;
}

/**
 * As `backlog`, of a broker that has just started. For its first moments it may be without its bookie, because it removes the
 * registration that a killed one has left.
 */
export const backlogAfterStart = (topic: string, subscription: string, webUrl: string): Promise<number> =>
  eventually(() => backlog(topic, subscription, webUrl), { within: 20_000, what: `${topic} is open again` });

/** The broker gives the topic away, and its consumers and producers with it: they must come back by themselves. */
export async function unload(topic: string, webUrl = testPulsar().webUrl): Promise<void> {
  await admin('PUT', topic, '/unload', undefined, webUrl);
}

export async function growTo(topic: string, partitions: number): Promise<void> {
  await admin('POST', topic, '/partitions', partitions, testPulsar().webUrl);
}

/** With all that is in it, whoever consumes from it. */
export async function deleteTopic(topic: string): Promise<void> {
  await admin('DELETE', topic, '?force=true', undefined, testPulsar().webUrl);
}

/** From now on nobody can publish to it. */
export async function terminate(topic: string, webUrl = testPulsar().webUrl): Promise<void> {
  await admin('POST', topic, '/terminate', undefined, webUrl);
}

/** One message, a click unless told, by a producer of its own. */
export async function publishTo(webUrl: string, topic: string, data = encoded(clickPayload())): Promise<void> {
  const broker = new WebSocketBroker({ webSocketUrl: webUrl.replace('http', 'ws'), log: quietLogger });
  await broker.createPublisher(topic).publish({ data });
  await broker.close();
}

async function admin(method: string, topic: string, path: string, body: unknown, webUrl: string): Promise<unknown> {
  const url = `${webUrl}/admin/v2/${topic.replace('://', '/')}${path}`;
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
