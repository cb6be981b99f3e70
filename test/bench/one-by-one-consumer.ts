import { pino } from 'pino';
import { poolOf } from '../../src/platform/postgres/data-source.js';
import { openBroker } from '../../src/platform/pulsar/open-broker.js';
import { INSERT_ONE, openSavedEvents, parametersOf, savedEvents, type SavedEvent } from './saved-events.js';
import { TOPICS } from './support/backlog.js';

/** The bench compares with this: for every message parse, one statement, one acknowledgement; the three topics side by side. */
const { DATABASE_URL = '', PULSAR_SERVICE_URL = '', PULSAR_SUBSCRIPTION = '' } = process.env;
const way = process.argv[2];
const source = await openSavedEvents(DATABASE_URL);
const repository = source.getRepository(savedEvents);
const broker = await openBroker({ serviceUrl: PULSAR_SERVICE_URL, log: pino({ level: 'error' }, process.stderr) });

type Payload = Omit<SavedEvent, 'occurred_at' | 'page_url' | 'event_type'> & { timestamp: number; url: string };

for (const [event_type, topic] of Object.entries(TOPICS)) {
  const subscription = broker.subscribe({
    topic,
    subscription: PULSAR_SUBSCRIPTION,
    type: 'Shared',
    maxInFlightMessages: 1000,
    maxInFlightBytes: 16 * 1024 * 1024,
  });
  void (async () => {
    for (;;) {
      for (const message of await subscription.receive()) {
        const { timestamp, url, ...rest } = JSON.parse(message.data.toString()) as Payload;
        const event = { ...rest, event_type, occurred_at: new Date(timestamp), page_url: url };
        if (way === 'save') await repository.save(event);
        else await poolOf(source).query({ ...INSERT_ONE, values: parametersOf(event) });
        await subscription.acknowledge([message]);
      }
    }
  })();
}
process.on('SIGTERM', () => process.exit(0));
