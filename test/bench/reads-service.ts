import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { Database } from '../../src/platform/postgres/database.js';
import * as catalogue from '../../src/slices.js';

/** The service as it is, in a process of its own, at the time of the loaded data; it counts its reading statements. */
const { databaseUrl, until, cacheMs } = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  until: number;
  cacheMs: number;
};
const behind = Date.now() - until;
class ShiftedClock extends Clock {
  override now(): number {
    return super.now() - behind;
  }
}
const slices = Object.values(catalogue);
const config = loadConfig(slices, {}).with(
  { DATABASE_URL: databaseUrl, METRICS_CACHE_MS: cacheMs, READ_TIMEOUT_MS: 60_000 },
  'a bench of reads',
);
const logger = pino({ level: 'error' }, process.stderr);
const module = await Test.createTestingModule({ imports: [await AppModule.with(config, logger, slices)] })
  .overrideProvider(Clock)
  .useValue(new ShiftedClock())
  .compile();
const app = await createHttpApplication(module, { logger, version: '0.0.0-bench' });
const database = app.get(Database);
await database.connect();
let reads = 0;
const read = database.read.bind(database);
database.read = (...args: Parameters<typeof read>) => {
  reads += 1;
  return read(...args) as never;
};
await app.listen({ port: 0, host: '127.0.0.1' });
process.on('message', () => process.send?.({ reads, now: Date.now() - behind }));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: await app.getUrl() });
