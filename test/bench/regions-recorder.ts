import { pino } from 'pino';
import { RecordEventCommand, RecordEventHandler } from '../../src/events/application/record-event.command.js';
import type { IncomingEvent } from '../../src/events/domain/incoming-event.js';
import { loadConfig } from '../../src/platform/config/config.js';
import * as catalogue from '../../src/slices.js';
import { benchEvent } from './support/bench-events.js';
import { openStore } from './support/in-process-store.js';

/** Records events as fast as it can through the command of every intake, in a process of its own, so that its memory ends with it. */
const { databaseUrl, count } = JSON.parse(process.argv[2] ?? '{}') as { databaseUrl: string; count: number };
const ROUND = 100_000;
const BATCH = 2_000;
const COMMANDS_AT_ONCE = 4;

/** The bodies of events and what it took to record them. */
export interface Recorded {
  readonly ms: number;
  /** The processor time of this process, microseconds. */
  readonly processorUs: number;
}

const { store } = await openStore(databaseUrl);
const config = loadConfig(Object.values(catalogue), {});
const handler = new RecordEventHandler(
  store,
  { count: () => undefined },
  config,
  pino({ level: 'error' }, process.stderr),
);

function incoming(n: number, now: number): IncomingEvent {
  const { type, payload } = benchEvent(n, now);
  return {
    body: Buffer.from(JSON.stringify(payload)),
    intake: 'pulsar',
    eventType: type,
    receivedAt: now,
    fallbackTime: now,
    attributes: {},
    mintKey: () => '',
    messageId: `1:${n}:-1:0`,
    userAgent: null,
  };
}

let [ms, processorUs] = [0, 0];
for (let done = 0; done < count; done += ROUND) {
  const now = Date.now();
  const events = Array.from({ length: Math.min(ROUND, count - done) }, (_, n) => incoming(done + n, now));
  let next = 0;
  const worker = async () => {
    while (next < events.length) {
      const verdicts = await handler.execute(new RecordEventCommand(events.slice(next, (next += BATCH))));
      if (verdicts.some(({ status }) => status !== 'recorded')) throw new Error('an event was not recorded');
    }
  };
  const [began, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: COMMANDS_AT_ONCE }, worker));
  const used = process.cpuUsage(before);
  ms += performance.now() - began;
  processorUs += used.user + used.system;
}
process.on('disconnect', () => process.exit(0));
process.send?.({ ms, processorUs } satisfies Recorded);
