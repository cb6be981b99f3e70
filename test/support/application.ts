import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { EventStore } from '../../src/events/application/event-store.port.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { type Config, loadConfig } from '../../src/platform/config/config.js';
import type { Settings } from '../../src/platform/config/variables.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { Database } from '../../src/platform/postgres/database.js';
import { TEST_TIME } from './events.js';

/** Stands still until a test moves it. */
export class TestClock extends Clock {
  constructor(public time: number) {
    super();
  }
  override now(): number {
    return this.time;
  }
}

export const quietLogger = pino({ level: process.env.TEST_LOG ?? 'silent' });

export interface TestApplication {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly clock: TestClock;
  readonly config: Config;
  readonly database: Database;
  readonly store: EventStore;
  close(): Promise<void>;
}

/** The whole service in this process, on a free port, without a broker, at a time that stands still. */
export async function startApplication(
  databaseUrl: string,
  settings: Partial<Settings> = {},
  now = TEST_TIME,
): Promise<TestApplication> {
  // A cache would never expire by a clock that stands still: the tests of caching turn it on.
  const defaults = { DATABASE_URL: databaseUrl, MAX_EVENT_AGE_DAYS: 36_500, METRICS_CACHE_MS: 0 };
  const config = loadConfig({}).with({ ...defaults, ...settings }, 'a test');
  const clock = new TestClock(now);
  const module = await Test.createTestingModule({ imports: [AppModule.with(config, quietLogger)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = await createHttpApplication(module, { logger: quietLogger, version: '0.0.0-test' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: await app.getUrl(),
    app,
    clock,
    config,
    database: app.get(Database),
    store: app.get(EventStore),
    close: () => app.close(),
  };
}
