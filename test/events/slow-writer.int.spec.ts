import { Client } from 'pg';
import { rebuildProjections } from '../../src/events/application/projections/rebuild-projections.js';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import { FineHorizon } from '../../src/events/infrastructure/postgres/keeping/fine-horizon.js';
import { PostgresProjectionRepair } from '../../src/events/infrastructure/postgres/projections/postgres-projection-repair.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import { SHARE_RECORDING_LOCK } from '../../src/events/infrastructure/postgres/recording/record-events.sql.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { TEST_TIME } from '../support/events.js';
import { recordRows } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const DAY = 86_400_000;
/** How long the slow writer takes; whoever waits for it is above the limit by far. */
const SLOW_MS = 3_000;
/** An exclusive turn stops others for 200 ms at most; the rest is what a busy machine may take. */
const STALL_LIMIT_MS = 1_000;

describe('a slow writer does not stall the others', () => {
  const service = useServiceForEach();
  let recorded: number;

  beforeEach(async () => {
    recorded = 0;
    await record();
  });

  const record = async () => {
    const begun = performance.now();
    recorded += 1;
    await recordRows(service.store, [{ event_type: 'click', event_id: `e-${recorded}`, timestamp: TEST_TIME }]);
    return performance.now() - begun;
  };
  /** Longest append, one after the other, for so long. */
  const longestAppend = async (forMs: number) => {
    let longest = 0;
    for (const end = performance.now() + forMs; performance.now() < end;) longest = Math.max(longest, await record());
    return longest;
  };
  const rebuilt = async () => {
    const client = new Client({ connectionString: service.databaseUrl });
    await client.connect();
    const projections = new PostgresProjections(client);
    const repair = await PostgresProjectionRepair.take(client, projections);
    await rebuildProjections(projections, repair, { sliceMs: DAY, restart: true }, () => undefined);
    const verification = await verifyProjections(projections, DAY, () => undefined);
    await client.end();
    return verification;
  };

  it('also while an exclusive turn waits for it', async () => {
    await service.sql.query('begin');
    await service.sql.query(SHARE_RECORDING_LOCK, [EVENTS_LOCKS.recording]);
    let turned = false;
    const turn = service.app
      .get(FineHorizon)
      .advance(TEST_TIME + 20 * DAY)
      .then(() => (turned = true));
    expect(await longestAppend(SLOW_MS)).toBeLessThan(STALL_LIMIT_MS);
    expect(turned).toBe(false);
    await service.sql.query('commit');
    await turn;
    const { rows } = await service.sql.query<{ moved: boolean }>(
      `select fine_horizon > '2026-01-16T00:00:00Z' as moved from storage_bounds`,
    );
    expect(rows).toEqual([{ moved: true }]);
  });

  it('a rebuild waits for no writer, and no writer for it', async () => {
    await service.sql.query('truncate event_counts_2s, event_counts_15m');
    await service.sql.query('begin');
    await service.sql.query(SHARE_RECORDING_LOCK, [EVENTS_LOCKS.recording]);
    const [longest] = await Promise.all([longestAppend(SLOW_MS), rebuilt()]);
    expect(longest).toBeLessThan(STALL_LIMIT_MS);
    await service.sql.query('commit');
    expect(await rebuilt()).toEqual({ facts: recorded, difference: null });
  });

  it('one that stops with the counters in hand loses them, and the others go on', async () => {
    const stopped = await service.database.writers().connect();
    stopped.on('error', () => undefined); // PostgreSQL ends this connection: that is what the test is about
    await stopped.query('begin');
    await stopped.query('update event_counts_2s set n = n + 100');
    const waited = await record();
    // The writers share ten seconds (data-source.ts); whoever waited for nothing would be done in milliseconds.
    expect(waited).toBeGreaterThan(3_000);
    expect(waited).toBeLessThan(15_000);
    stopped.release(true);
    expect(await rebuilt()).toEqual({ facts: recorded, difference: null });
  });
});
