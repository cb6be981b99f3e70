import { Clock } from '../../src/platform/clock/clock.js';
import { Health } from '../../src/platform/observability/health.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { StuckWrites } from '../../src/platform/postgres/stuck-writes.js';
import { pino } from 'pino';
import { BatchWriter } from '../../src/events/infrastructure/postgres/recording/batch-writer.js';
import { PartitionKeeper } from '../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import { RecordedFacts } from '../../src/events/infrastructure/postgres/recording/recorded-facts.js';
import { recordTwins } from '../../src/events/infrastructure/postgres/recording/twins.js';
import { toIncomingEvent } from '../../src/events/infrastructure/pulsar/message.mapper.js';
import { topicOf } from '../../src/events/application/topic-of.js';
import { EVENTS_VARIABLES } from '../../src/events/events.variables.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/postgres/database.js';
import { openBroker } from '../../src/platform/pulsar/open-broker.js';
import type { ReceivedMessage } from '../../src/platform/pulsar/message-broker.port.js';
import { migrationsOf } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';

/**
 * A consumer of the clicks topic that does what docs/design.md forbids, so that the auditor can be shown to catch it.
 * It works, tells its parent how many messages it acknowledged unstored, and waits to be killed.
 * Argument: `ack-first` or `ack-later-batch`.
 */
process.on('disconnect', () => process.exit(1));
const mode = process.argv[2] as 'ack-first' | 'ack-later-batch';
const slices = Object.values(catalogue);
const config = loadConfig(slices, process.env);
const logger = pino({ level: 'fatal' });
const database = new Database(config, logger, migrationsOf(slices));
await database.connect();
const writer = new BatchWriter(
  database,
  new PartitionKeeper(database),
  logger,
  new StuckWrites(new Health(new Clock()), new Telemetry()),
);
const facts = new RecordedFacts(database, logger);
const broker = await openBroker({
  serviceUrl: config.settings.PULSAR_SERVICE_URL!,
  webUrl: config.settings.PULSAR_WEB_URL,
  client: config.settings.PULSAR_CLIENT,
  log: logger,
});
const subscription = broker.subscribe({
  topic: topicOf('click', config),
  subscription: config.of(EVENTS_VARIABLES).PULSAR_SUBSCRIPTION,
  type: 'Failover',
  maxInFlightMessages: 4_000,
  maxInFlightBytes: 16 * 1024 * 1024,
});

async function record(messages: readonly ReceivedMessage[]): Promise<void> {
  const events = messages.map((message) =>
    TrackedEvent.record(toIncomingEvent(message, 'click', 'standalone'), { maxEventAgeDays: 36_500 }),
  );
  const { signal } = new AbortController();
  const comparison = {
    synonyms: null,
    find: (wanted: Parameters<RecordedFacts['find']>[0]) => facts.find(wanted, signal),
  };
  await recordTwins(events, (rows) => writer.write(rows, signal), comparison);
}

/** Five producer batches of the harness: one that is acknowledged in part comes again as a whole. */
const FIRST = 100;

const received: ReceivedMessage[] = [];
while (received.length < 2 * FIRST) received.push(...(await subscription.receive()));
const first = received.slice(0, FIRST);
const second = received.slice(FIRST);
if (mode === 'ack-first') {
  // Acknowledged, and killed before anything is committed.
  await subscription.acknowledge(first);
} else {
  // The first batch is "in retry" for ever; the second is committed and acknowledged as if all before it were settled.
  await record(second);
  // Cumulatively, as the native client does; the others do not go past what is not settled, one by one has the same effect.
  if (broker.client === 'native') await subscription.acknowledge(second.slice(-1));
  else await subscription.acknowledge(received);
}
process.send!(first.length);
