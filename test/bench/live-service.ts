import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { keepHeapSmall } from '../../src/platform/heap-growth.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { Database } from '../../src/platform/postgres/database.js';
import * as catalogue from '../../src/slices.js';

/** The service as it is, in a process of its own; it tells what it holds after a collection. */
const { databaseUrl, environment = {} } = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  environment?: Record<string, string>;
};
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const slices = Object.values(catalogue);
const config = loadConfig(slices, environment).with({ DATABASE_URL: databaseUrl }, 'a bench');
const logger = pino({ level: 'error' }, process.stderr);
const app = await createHttpApplication(await AppModule.with(config, logger, slices), {
  logger,
  version: '0.0.0-bench',
});
await app.get(Database).connect();
await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
const url = await app.getUrl();
keepHeapSmall();
process.on('message', () => {
  collect();
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  void (async () => {
    const text = await app.get(Telemetry).registry.metrics();
    const streams = Number(/^monitoreo_live_streams (\d+)$/m.exec(text)?.[1]);
    collect();
    process.send?.({ heapMb: Math.round(process.memoryUsage().heapUsed / 1e5) / 10, streams, timers });
  })();
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url });
