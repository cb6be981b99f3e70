import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { EventStore } from '../../src/events/application/event-store.port.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { type Config, loadConfig } from '../../src/platform/config/config.js';
import type { ValuesOf, Variables } from '../../src/platform/config/variable.js';
import type { Settings } from '../../src/platform/config/variables.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { DatabaseClock } from '../../src/platform/postgres/database-clock.js';
import { Database } from '../../src/platform/postgres/database.js';
import type { Slice } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';
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

/** PostgreSQL's clock, as far from the service's as a test says. */
export class TestDatabaseClock extends DatabaseClock {
  aheadMs = 0;

  constructor(private readonly clock: TestClock) {
    super(null as never);
  }

  override now(): Promise<number> {
    return Promise.resolve(this.clock.time + this.aheadMs);
  }
}

export const quietLogger = pino({ level: process.env.TEST_LOG ?? 'silent' });

export interface TestApplication {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly clock: TestClock;
  readonly databaseClock: TestDatabaseClock;
  readonly config: Config;
  readonly database: Database;
  readonly store: EventStore;
  close(): Promise<void>;
}

/** The slices of the whole catalogue. */
export const slices: readonly Slice[] = Object.values(catalogue);

type Catalogued = (typeof catalogue)[keyof typeof catalogue];
type Taking<Declared> = Declared extends Variables ? (values: ValuesOf<Declared>) => void : never;
type OfSlices =
  Taking<Extract<Catalogued, { variables: Variables }>['variables']> extends (values: infer All) => void ? All : never;
/** Values of any variable, the platform's or a slice's. */
export type AnySettings = Partial<Settings & OfSlices>;

/** The whole service in this process, on a free port, without a broker, at a time that stands still. */
export async function startApplication(
  databaseUrl: string,
  settings: AnySettings = {},
  now = TEST_TIME,
  mounted = slices,
): Promise<TestApplication> {
  // A cache would never expire by a clock that stands still: the tests of caching turn it on.
  // Nor may a machine that is busy with other tests turn requests away: the tests of that turn it on.
  const unhurried = { MAX_EVENT_LOOP_DELAY_MS: 0, RECORD_QUEUE_MS: 300_000 };
  const defaults = {
    DATABASE_URL: databaseUrl,
    MAX_EVENT_AGE_DAYS: 36_500,
    METRICS_CACHE_MS: 0,
    UPSTREAM_CACHE_MS: 0,
    ...unhurried,
  };
  const config = loadConfig(mounted, {}).with({ ...defaults, ...settings }, 'a test');
  const clock = new TestClock(now);
  const databaseClock = new TestDatabaseClock(clock);
  const module = await Test.createTestingModule({ imports: [await AppModule.with(config, quietLogger, mounted)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(DatabaseClock)
    .useValue(databaseClock)
    .compile();
  const app = await createHttpApplication(module, { logger: quietLogger, version: '0.0.0-test' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: await app.getUrl(),
    app,
    clock,
    databaseClock,
    config,
    database: app.get(Database),
    store: app.get(EventStore),
    close: () => app.close(),
  };
}

/**
 * Connected, and done with the duties of a start. They take transactions and locks, move bounds and build indexes, which a
 * test that counts or holds such things would otherwise meet at any moment. The next round is minutes away.
 */
export async function atRest({ app, database }: Pick<TestApplication, 'app' | 'database'>): Promise<void> {
  await database.connect();
  await app.get(Housekeeping).round();
}
