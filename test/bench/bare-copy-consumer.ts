import { finished } from 'node:stream/promises';
import { pino } from 'pino';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openBroker } from '../../src/platform/pulsar/open-broker.js';
import { TOPICS } from './support/backlog.js';

/**
 * The least that a consumer of these topics can do: per batch one text COPY into a table without a key or an index, its
 * number of rows for the bench to add up, then the acknowledgements. It checks nothing and knows no duplicate.
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
  readonly amount?: string;
  readonly currency?: string;
}

/** As text COPY takes it; the texts of the bench have nothing to escape. */
function line(type: string, data: Buffer): string {
  const { event_id, timestamp, user_id, session_id, url, x, y, amount, currency } = JSON.parse(
    data.toString(),
  ) as Payload;
  const time = new Date(timestamp).toISOString();
  return `${event_id}\t${type}\t${time}\t${user_id}\t${session_id}\t${url}\t${x ?? '\\N'}\t${y ?? '\\N'}\t${amount ?? '\\N'}\t${currency ?? '\\N'}\n`;
}

for (const [type, topic] of Object.entries(TOPICS)) {
  const sql = new Client({ connectionString: DATABASE_URL });
  await sql.connect();
  const subscription = broker.subscribe({
    topic,
    subscription: PULSAR_SUBSCRIPTION,
    type: 'Shared',
    maxInFlightMessages: 8000,
    maxInFlightBytes: 16 * 1024 * 1024,
  });
  void (async () => {
    for (;;) {
      const messages = await subscription.receive();
      const rows = sql.query(copyFrom('copy bare_events from stdin'));
      rows.end(messages.map(({ data }) => line(type, data)).join(''));
      await finished(rows);
      await sql.query('insert into bare_counts values ($1)', [messages.length]);
      await subscription.acknowledge(messages);
    }
  })();
}
process.on('SIGTERM', () => process.exit(0));
