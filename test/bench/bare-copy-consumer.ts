import { finished } from 'node:stream/promises';
import { pino } from 'pino';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openBroker } from '../../src/platform/pulsar/open-broker.js';
import { TOPICS } from './support/backlog.js';

/**
 * The adapter of the service with the least behind it: per batch one transaction with a text COPY into a table without a
 * key or an index and the number of its rows, for the bench to add up, then the acknowledgements. It checks nothing and
 * knows no duplicate.
 */
const { DATABASE_URL = '', PULSAR_SERVICE_URL = '', PULSAR_SUBSCRIPTION = '' } = process.env;
const broker = await openBroker({ serviceUrl: PULSAR_SERVICE_URL, log: pino({ level: 'error' }, process.stderr) });

interface Payload {
  readonly event_id: string;
  readonly timestamp: number;
  readonly user_id: string;
  readonly session_id: string;
  readonly url: string;
  readonly x?: number;
  readonly y?: number;
  readonly viewport_width?: number;
  readonly viewport_height?: number;
  readonly scroll_y?: number;
  readonly conversion_type?: string;
  readonly amount?: string;
  readonly currency?: string;
}

/** As text COPY takes it; the texts of the bench have nothing to escape. */
function line(type: string, data: Buffer): string {
  const event = JSON.parse(data.toString()) as Payload;
  const time = new Date(event.timestamp).toISOString();
  return `${event.event_id}\t${type}\t${time}\t${event.user_id}\t${event.session_id}\t${event.url}\t${orNull(event.x)}\t${orNull(event.y)}\t${orNull(event.viewport_width)}\t${orNull(event.viewport_height)}\t${orNull(event.scroll_y)}\t${orNull(event.conversion_type)}\t${orNull(event.amount)}\t${orNull(event.currency)}\n`;
}

const orNull = (value: string | number | undefined) => value ?? '\\N';

for (const [type, topic] of Object.entries(TOPICS)) {
  const sql = new Client({ connectionString: DATABASE_URL });
  await sql.connect();
  const subscription = broker.subscribe({
    topic,
    subscription: PULSAR_SUBSCRIPTION,
    type: 'Shared',
    maxInFlightMessages: 8000,
    maxInFlightBytes: 3 * 1024 * 1024, // as the service: it decides the receiver queue too
  });
  void (async () => {
    for (;;) {
      const messages = await subscription.receive();
      await sql.query('begin');
      const rows = sql.query(copyFrom('copy bare_events from stdin'));
      rows.end(messages.map(({ data }) => line(type, data)).join(''));
      await finished(rows);
      await sql.query('insert into bare_counts values ($1)', [messages.length]);
      await sql.query('commit');
      await subscription.acknowledge(messages);
    }
  })();
}
process.on('SIGTERM', () => process.exit(0));
