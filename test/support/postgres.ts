import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { needed, TEMPLATE_DATABASE } from './test-run.js';

export interface TestDatabase {
  /** The address of the database's owner. */
  readonly url: string;
  /** Also with connections open. */
  drop(): Promise<void>;
}

/** A database of its own for a test file: a copy of the migrated template (about 0.1 s). */
export const createTestDatabase = (): Promise<TestDatabase> => createDatabase(TEMPLATE_DATABASE);

/** One without any table. */
export const createEmptyDatabase = (): Promise<TestDatabase> => createDatabase('template1');

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await asAdmin(`create database ${name} template ${template}`);
  const url = new URL(needed('postgresUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(`drop database if exists ${name} with (force)`) };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: needed('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
