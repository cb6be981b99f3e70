import { v7 } from 'uuid';
import { topicOf } from '../events/application/topic-of.js';
import { EVENTS_VARIABLES } from '../events/events.variables.js';
import { Clock } from '../platform/clock/clock.js';
import { loadConfig } from '../platform/config/config.js';
import { createLogger } from '../platform/observability/logger.js';
import { brokerFor } from '../platform/pulsar/broker-for.js';
import * as catalogue from '../slices.js';
import { watchDemo } from './demo/alerts.js';
import { parseDemoOptions, type DemoOptions } from './demo/options.js';
import { pastVisits } from './demo/past-visits.js';
import { showProgress } from './demo/progress.js';
import { run as runRegions } from './demo/regions.js';
import { DemoStream } from './demo/stream.js';
import { run as runUpstreams } from './demo/upstreams.js';
import { Visitors } from './demo/visitor.js';
import { withRunningBroker } from './running-broker.js';
import { readRunning } from '../running-service.js';

export { HELP } from './demo/options.js';

const CONFIRMATION_PATIENCE_MS = 5_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A realistic stream through a real producer, so that a newcomer sees numbers move. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    if (args[0] === 'upstreams') return await runUpstreams(args.slice(1));
    if (args[0] === 'regions') return await runRegions(args.slice(1));
    return await publish(parseDemoOptions(args));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

async function publish({ rate, durationS, users, days, alerts }: DemoOptions): Promise<number> {
  const config = await withRunningBroker(loadConfig(Object.values(catalogue)));
  const broker = await brokerFor(config, createLogger('warn', config.settings.APP_ENV));
  const publishers = {
    click: broker.createPublisher(topicOf('click', config)),
    conversion: broker.createPublisher(topicOf('conversion', config)),
    sale: broker.createPublisher(topicOf('sale', config)),
  };
  const clock = new Clock();
  const chance = { random: Math.random, uuid: v7 };
  const visitors = new Visitors(users, chance);
  const stream = new DemoStream(publishers, () => visitors.next(clock.now()));

  const stopping = new AbortController();
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  say(
    `${rate} events/s from ${users} visitors to ${config.settings.PULSAR_SERVICE_URL} (${broker.client}); Ctrl-C ends it`,
  );
  if (alerts) {
    const running = await readRunning(config.settings.DATA_DIR, () => undefined);
    say(await watchDemo({ url: running?.url ?? null, token: config.current('API_TOKEN') }, rate));
  }
  const endProgress = showProgress(() => stream.totals(), process.stdout);
  const limits = { patienceMs: CONFIRMATION_PATIENCE_MS, signal: stopping.signal };
  // Older ones would be dead letters.
  const kept = Math.min(days, config.of(EVENTS_VARIABLES).MAX_EVENT_AGE_DAYS - 1);
  if (kept > 0) await stream.runAll(pastVisits(visitors.visitors, kept, clock.now(), chance), limits);
  const durationMs = durationS === 0 ? Infinity : durationS * 1000;
  await stream.run({ rate, durationMs, ...limits });
  endProgress();
  await broker.close();
  const { published, confirmed } = stream.totals();
  if (confirmed === published) return 0;
  say(`${published - confirmed} messages were not confirmed: the broker may or may not have them.`);
  return 1;
}
