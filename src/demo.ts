import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { HELP, parseDemoOptions, type DemoOptions } from './demo/options.js';
import { showProgress } from './demo/progress.js';
import { DemoStream } from './demo/stream.js';
import { Visitors } from './demo/visitor.js';
import { Clock } from './platform/clock/clock.js';
import { loadConfig, type Config } from './platform/config/config.js';
import { createLogger } from './platform/observability/logger.js';
import { brokerFor } from './platform/pulsar/broker-for.js';

/** `npm run demo`: a realistic stream through a real producer, so that a newcomer sees numbers move. */
const CONFIRMATION_PATIENCE_MS = 5_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run({ rate, durationS, users }: DemoOptions): Promise<void> {
  const config = await withRunningBroker(loadConfig());
  const { PULSAR_TOPIC_CLICKS, PULSAR_TOPIC_CONVERSIONS, PULSAR_TOPIC_SALES, PULSAR_SERVICE_URL } = config.settings;
  const broker = await brokerFor(config, createLogger('warn', config.settings.APP_ENV));
  const publishers = {
    click: broker.createPublisher(PULSAR_TOPIC_CLICKS),
    conversion: broker.createPublisher(PULSAR_TOPIC_CONVERSIONS),
    sale: broker.createPublisher(PULSAR_TOPIC_SALES),
  };
  const clock = new Clock();
  const visitors = new Visitors(users, { random: Math.random, uuid: v7 });
  const stream = new DemoStream(publishers, () => visitors.next(clock.now()));

  const stopping = new AbortController();
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  say(`${rate} events/s from ${users} visitors to ${PULSAR_SERVICE_URL} (${broker.client}); Ctrl-C ends it`);
  const endProgress = showProgress(() => stream.totals(), process.stdout);
  const durationMs = durationS === 0 ? Infinity : durationS * 1000;
  await stream.run({ rate, durationMs, patienceMs: CONFIRMATION_PATIENCE_MS, signal: stopping.signal });
  endProgress();
  await broker.close();
  const { published, confirmed } = stream.totals();
  if (confirmed < published) {
    say(`${published - confirmed} messages were not confirmed: the broker may or may not have them.`);
    process.exitCode = 1;
  }
}

/** A configured address wins; else that of the running `npm start`, which writes it down. */
async function withRunningBroker(config: Config): Promise<Config> {
  if (config.settings.PULSAR_SERVICE_URL !== null) return config;
  const file = join(config.settings.DATA_DIR, 'running.json');
  const running = await readRunning(file);
  if (!running?.pulsar_service_url) {
    throw new Error(
      'There is no Pulsar to publish to: run npm start in another terminal first, or set PULSAR_SERVICE_URL.',
    );
  }
  return config.with({ PULSAR_SERVICE_URL: running.pulsar_service_url, PULSAR_WEB_URL: running.pulsar_web_url });
}

async function readRunning(
  file: string,
): Promise<{ pulsar_service_url: string | null; pulsar_web_url: string | null } | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { pulsar_service_url: string; pulsar_web_url: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === null) say(HELP);
  else await run(options);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
