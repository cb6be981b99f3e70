import 'reflect-metadata';
import { createRequire } from 'node:module';
import { AppModule } from './app.module.js';
import { OwnServers } from './own-servers.js';
import { InvalidConfiguration, loadConfig, type Config } from './platform/config/config.js';
import { inTime, TooLate } from './platform/clock/in-time.js';
import { armFailpoint } from './platform/failpoint.js';
import { keepHeapSmall } from './platform/heap-growth.js';
import { Health } from './platform/observability/health.js';
import { listen } from './platform/http/connection/listen.js';
import { createHttpApplication } from './platform/http/http-server.js';
import { createLogger } from './platform/observability/logger.js';
import { ServiceRunsAlready } from './running-service.js';
import * as catalogue from './slices.js';

/** After SIGTERM the process exits within this time, whatever hangs. Supervisors are promised 10 s. */
const LONGEST_SHUTDOWN_MS = 9_800;
const SAME_SIGNAL_MS = 1_000;
const MARGIN_MS = 500;
/** Of that time, for servers of our own. They end by themselves once they are told to, and nobody else would tell them. */
const FOR_SERVERS_MS = 2_000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Parts in the order of their start; each is told how long it may take, milliseconds. */
const closing: ((patienceMs: number) => Promise<void>)[] = [];

/** @returns whether all parts ended as they should; one that does not keeps no other from its end */
async function close(): Promise<boolean> {
  const deadline = performance.now() + LONGEST_SHUTDOWN_MS - MARGIN_MS;
  let isWhole = true;
  for (const part of closing.splice(0).reverse()) {
    try {
      await part(Math.max(MARGIN_MS, deadline - performance.now()));
    } catch (error) {
      isWhole = false;
      say(error instanceof TooLate ? error.message : String((error as Error).stack));
    }
  }
  return isWhole;
}

async function run(): Promise<void> {
  const slices = Object.values(catalogue);
  const configured = loadConfig(slices);
  const logger = createLogger(configured.logLevel, configured.settings.APP_ENV);
  armFailpoint(configured.settings.FAILPOINT);
  if (configured.settings.FAILPOINT) logger.warn(configured.settings.FAILPOINT, 'FAILPOINT: failing on purpose');
  process.on('unhandledRejection', (error) => {
    // The process must not run on half-broken. Messages that are not acknowledged are delivered again.
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });

  let stoppingSince: number | null = null;
  const stop = async (signal: string) => {
    if (stoppingSince !== null) {
      // Under `npm start` one Ctrl-C comes twice: from the terminal, and passed on by npm. Only a later one means "at once".
      if (performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
      setTimeout(() => process.exit(1), FOR_SERVERS_MS);
      return servers.stop(MARGIN_MS).finally(() => process.exit(1));
    }
    stoppingSince = performance.now();
    setTimeout(() => process.exit(1), LONGEST_SHUTDOWN_MS);
    say(`${signal}: finishing what is in flight`);
    process.exit((await close()) ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  const servers = new OwnServers(configured, say);
  closing.push((patienceMs) => servers.stop(patienceMs));
  await servers.claimDataFolder();
  const config = await servers.start();
  const latePulsar = servers.keepPulsar(config);
  const module = await AppModule.with(config, logger, slices, latePulsar);
  const app = await createHttpApplication(module, { logger, version: version() });
  closing.push(async (patienceMs) => {
    app.get(Health).drain();
    const closed = app.close();
    await (servers.any ? inTime(closed, patienceMs - FOR_SERVERS_MS, 'what is in flight') : closed);
  });
  const address = await listen(app, config.settings.HOST, config.settings.PORT);
  keepHeapSmall();
  await servers.serves(address);
  say(welcome(address, config));
}

const version = (): string => (createRequire(import.meta.url)('../package.json') as { version: string }).version;

const welcome = (url: string, { settings, pulsarOff }: Config): string =>
  [
    '',
    `monitoreo is ready on ${url}`,
    `  dashboard ${url}/dashboard`,
    `  clicker   ${url}/clicker`,
    `  numbers   ${url}/metrics?period=24h`,
    `  events    ${url}/events`,
    `  API       ${url}/docs`,
    `  health    ${url}/health`,
    pulsarOff === null
      ? `  Pulsar    ${settings.PULSAR_SERVICE_URL}`
      : `  Pulsar    off, tried again in the background: ${pulsarOff}`,
    'In another terminal: npm run demo',
    '',
  ].join('\n');

function reasonOf(error: unknown): string {
  if (error instanceof InvalidConfiguration || error instanceof ServiceRunsAlready) return error.message;
  const { code, port, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use: end what listens there, or set PORT to another one.`;
  return `monitoreo cannot start: ${stack ?? String(error)}`;
}

try {
  await run();
} catch (error) {
  say(reasonOf(error));
  await close();
  process.exit(1);
}
