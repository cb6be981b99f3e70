import { pino } from 'pino';
import type { EventType } from '../../../src/events/domain/incoming-event.js';
import { openBroker } from '../../../src/platform/pulsar/open-broker.js';
import { benchEvent } from './bench-events.js';
import type { BenchPulsar } from './bench-servers.js';

export type Topics = Readonly<Record<EventType, string>>;
export const TOPICS: Topics = { click: 'clicks', conversion: 'conversions', sale: 'sales' };

/** A subscription at the earliest message of each topic; made before publishing, it keeps the messages for later ones. */
export async function subscribeAll({ webUrl }: BenchPulsar, subscription: string, topics = TOPICS): Promise<void> {
  for (const topic of Object.values(topics)) {
    const path = `${webUrl}/admin/v2/persistent/public/default/${topic}`;
    const made = await fetch(path, { method: 'PUT' });
    if (!made.ok && made.status !== 409) throw new Error(`${path}: ${made.status}`);
    const response = await fetch(`${path}/subscription/${subscription}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ledgerId: -1, entryId: -1, partitionIndex: -1 }),
    });
    if (!response.ok && response.status !== 409)
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}

/** Publishes through a real producer with batching; a progress line, since it takes a while. */
export async function publishBacklog(pulsar: BenchPulsar, count: number): Promise<void> {
  const log = pino({ level: 'error' }, process.stderr);
  const broker = await openBroker({ serviceUrl: pulsar.webUrl.replace('http', 'ws'), log });
  const publishers = Object.fromEntries(
    Object.entries(TOPICS).map(([type, topic]) => [type, broker.createPublisher(topic)]),
  );
  const now = Date.now();
  for (let n = 0; n < count;) {
    const portion: Promise<string>[] = [];
    for (const end = Math.min(n + 2000, count); n < end; n += 1) {
      const { type, payload } = benchEvent(n, now);
      portion.push(publishers[type]!.publish({ data: Buffer.from(JSON.stringify(payload)) }));
    }
    await Promise.all(portion);
    process.stderr.write(`\rpublished ${n.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}`);
  }
  process.stderr.write('\n');
  await broker.close();
}
