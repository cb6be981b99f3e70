import { DatabaseUnavailable } from '../../../src/platform/postgres/database-unavailable.js';
import { KeptConnection } from '../../../src/platform/postgres/kept-connection.js';
import { useService } from '../../support/used-service.js';

/** One turn of the event loop of a busy process; below MAX_EVENT_LOOP_DELAY_MS, at which requests would be turned away. */
const TURN_MS = 190;

describe('the check whether PostgreSQL is there', () => {
  const service = useService();

  it('does not take it for away while the process itself is busy', async () => {
    expect(await service.database.check()).toEqual({ ready: true, reason: null });
    const busy = setInterval(() => {
      const end = performance.now() + TURN_MS;
      while (performance.now() < end);
    }, 1);
    try {
      for (let n = 0; n < 3; n += 1) expect(await service.database.check()).toEqual({ ready: true, reason: null });
    } finally {
      clearInterval(busy);
    }
  });

  it('goes on after its connection was ended', async () => {
    await service.database.check();
    const { rowCount } = await service.sql.query(
      `select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'monitoreo-health' and datname = current_database()`,
    );
    expect(rowCount).toBe(1);
    expect(await service.database.check()).toEqual({ ready: true, reason: null });
  });
});

it('a connection that is closed is one that is not available, which a route answers with 503', async () => {
  const connection = new KeptConnection(() => undefined, 'test', 1_000);
  await connection.close();
  await expect(connection.read({ text: 'select 1' })).rejects.toBeInstanceOf(DatabaseUnavailable);
});
