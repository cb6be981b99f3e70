import { setTimeout as pause } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { PLATFORM_LOCKS } from './advisory-locks.js';
import { createDataSource } from './data-source.js';
import { readMigrations, type Migrations } from './migrations.js';

/** An index of many events takes longer than a statement that records may. */
const STATEMENT_TIMEOUT_MS = 600_000;
/** The replica that holds the lock may take as long for a statement. */
const LONGEST_WAIT_MS = STATEMENT_TIMEOUT_MS;
const ASKS_AGAIN_MS = 100;

/**
 * Runs what is pending, on two connections of its own: one holds the lock. Two replicas that start at once take turns: the
 * second finds nothing left to do.
 *
 * @param onBroken hears of a connection that breaks while it is held.
 * @returns the names of what was applied, in their order.
 */
export async function migrate(
  url: string,
  migrations: Migrations,
  onBroken?: (error: Error) => void,
): Promise<string[]> {
  const role = { name: 'writer', connections: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS } as const;
  const source = createDataSource(url, { ...role, migrations: await readMigrations(migrations) }, onBroken);
  await source.initialize();
  try {
    const runner = source.createQueryRunner();
    try {
      await takeLock(runner);
      try {
        return (await source.runMigrations()).map(({ name }) => name);
      } finally {
        await runner.query('select pg_advisory_unlock($1)', [PLATFORM_LOCKS.migrations]);
      }
    } finally {
      await runner.release();
    }
  } finally {
    await source.destroy();
  }
}

/**
 * Takes the lock by asking again and again. A replica that waits for it inside a statement holds a snapshot, and `create index concurrently`
 * waits for all snapshots: the two would wait for each other, on different connections, which PostgreSQL cannot see.
 */
async function takeLock(runner: QueryRunner): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const rows = (await runner.query('select pg_try_advisory_lock($1) as taken', [PLATFORM_LOCKS.migrations])) as [
      { taken: boolean },
    ];
    if (rows[0].taken) return;
    if (performance.now() > deadline) throw new Error('another process has been migrating for too long');
    await pause(ASKS_AGAIN_MS);
  }
}
