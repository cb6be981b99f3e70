import { Client } from 'pg';
import { type AnySettings, atRest, startApplication, type TestApplication } from './application.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';

const DEADLINE_MS = 120_000;

interface Running {
  readonly database: TestDatabase;
  readonly application: TestApplication;
  readonly sql: Client;
}

/** The service of a `describe`, connected to its database. There is one while its tests run, and its hooks that come later. */
export class UsedService implements Omit<TestApplication, 'close'> {
  private running: Running | null = null;

  async start(settings: AnySettings, now?: number): Promise<void> {
    const database = await createTestDatabase();
    const application = await startApplication(database.url, settings, now);
    const sql = new Client({ connectionString: database.url });
    this.running = { database, application, sql };
    await atRest(application);
    await sql.connect();
  }

  async stop(): Promise<void> {
    const { database, application, sql } = this.now;
    this.running = null;
    await sql.end();
    await application.close();
    await database.drop();
  }

  get url() {
    return this.now.application.url;
  }
  get app() {
    return this.now.application.app;
  }
  get clock() {
    return this.now.application.clock;
  }
  get databaseClock() {
    return this.now.application.databaseClock;
  }
  get config() {
    return this.now.application.config;
  }
  get database() {
    return this.now.application.database;
  }
  get store() {
    return this.now.application.store;
  }
  /** A connection of the test itself. */
  get sql(): Client {
    return this.now.sql;
  }
  /** The address of the database's owner. */
  get databaseUrl(): string {
    return this.now.database.url;
  }

  private get now(): Running {
    if (this.running === null) throw new Error('the service runs in tests and hooks of the describe that uses it');
    return this.running;
  }
}

/** One service, with a database of its own, for all tests of this `describe`. @param now at which its clock stands */
export function useService(settings: AnySettings = {}, now?: number): UsedService {
  const service = new UsedService();
  beforeAll(() => service.start(settings, now), DEADLINE_MS);
  afterAll(() => service.stop(), DEADLINE_MS);
  return service;
}

/** A new one, with a new database, for each test of this `describe`. */
export function useServiceForEach(settings: AnySettings = {}, now?: number): UsedService {
  const service = new UsedService();
  beforeEach(() => service.start(settings, now), DEADLINE_MS);
  afterEach(() => service.stop(), DEADLINE_MS);
  return service;
}
