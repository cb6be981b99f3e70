import { EVENT_TYPES, type EventType } from '../../../src/events/domain/incoming-event.js';
import { BinaryProducer } from '../../faults/envelopes/binary-producer.js';
import { batched } from '../../faults/envelopes/envelope.js';
import { benchEvent } from '../support/bench-events.js';
import type { BenchPulsar } from '../support/bench-servers.js';
import type { Topics } from '../support/backlog.js';

/** With a schema, without which the sink cannot read a message. */
export const SINK_TOPICS: Topics = { click: 'json-clicks', conversion: 'json-conversions', sale: 'json-sales' };

const TEXTS = ['event_id', 'user_id', 'session_id', 'url', 'conversion_type', 'amount', 'currency'];
const WHOLE = ['timestamp', 'viewport_width', 'viewport_height', 'scroll_y'];
const DECIMAL = ['x', 'y'];
const fields = Object.entries({ string: TEXTS, long: WHOLE, double: DECIMAL }).flatMap(([type, names]) =>
  names.map((name) => ({ name, type: ['null', type], default: null })),
);
const JSON_SCHEMA = { type: 2, definition: JSON.stringify({ type: 'record', name: 'event', fields }) } as const;

/** The size of a producer batch, as the producer's usual limits make it at this rate. */
const BATCH = 500;

/** The events of the other parts, in producer batches, with a JSON schema; subscriptions that keep them are there already. */
export async function publishSinkBacklog(pulsar: BenchPulsar, count: number): Promise<void> {
  const now = Date.now();
  const waiting = new Map<EventType, Buffer[]>(EVENT_TYPES.map((type) => [type, []]));
  const producers = new Map<EventType, BinaryProducer>();
  for (const type of EVENT_TYPES) {
    const topic = `persistent://public/default/${SINK_TOPICS[type]}`;
    producers.set(type, await BinaryProducer.open(pulsar.serviceUrl, topic, JSON_SCHEMA));
  }
  const send = async (type: EventType) => {
    const messages = waiting.get(type)!.splice(0);
    if (messages.length === 0) return;
    const payload = Buffer.concat(messages);
    await producers.get(type)!.send([{ payload, messages: messages.length, batch: true, withSchema: true }]);
  };
  for (let n = 0; n < count; n += 1) {
    const { type, payload } = benchEvent(n, now);
    const messages = waiting.get(type)!;
    messages.push(batched(Buffer.from(JSON.stringify(payload))));
    if (messages.length === BATCH) await send(type);
    if (n % 10_000 === 0)
      process.stderr.write(`\rpublished ${n.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}`);
  }
  for (const type of EVENT_TYPES) await send(type);
  for (const producer of producers.values()) producer.close();
  process.stderr.write('\n');
}
