import type { Database } from '../../../src/platform/postgres/database.js';
import { useServiceForEach } from '../../support/used-service.js';

describe('a writing connection', () => {
  // One connection: the next work gets the same one, or a new one where it was closed.
  const service = useServiceForEach({ WRITER_CONNECTIONS: 1 });
  let database: Database;

  beforeEach(async () => {
    ({ database } = service);
    await service.sql.query('create table noted (n int primary key)');
  });

  const backend = () =>
    database.session(async (client) => {
      const { rows } = await client.query<{ pid: number; timeout: string }>(
        `select pg_backend_pid() as pid, current_setting('lock_timeout') as timeout`,
      );
      return rows[0]!;
    });
  const noted = async () =>
    (await service.sql.query<{ n: number }>('select n from noted order by n')).rows.map(({ n }) => n);

  it('serves again after work that went well', async () => {
    const before = await backend();
    expect(await backend()).toEqual(before);
    expect(
      await database.transaction(async (client) => (await client.query('insert into noted values (1)')).rowCount),
    ).toBe(1);
    expect(await backend()).toEqual(before);
    expect(await noted()).toEqual([1]);
  });

  it('closes with what a failed session had set', async () => {
    const before = await backend();
    const failed = database.session(async (client) => {
      await client.query(`set lock_timeout = '1s'`);
      await client.query('select 1 / 0');
    });
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    const after = await backend();
    expect(after.timeout).toBe('0');
    expect(after.pid).not.toBe(before.pid);
  });

  it('serves again after a transaction that PostgreSQL refused, which is rolled back', async () => {
    const before = await backend();
    const refused = database.transaction(async (client) => {
      await client.query('insert into noted values (1)');
      await client.query('insert into noted values (1)');
    });
    await expect(refused).rejects.toMatchObject({ code: '23505' });
    expect(await backend()).toEqual(before);
    expect(await noted()).toEqual([]);
    await database.transaction((client) => client.query('insert into noted values (2)'));
    expect(await noted()).toEqual([2]);
  });

  it('closes after a transaction that failed for a reason nobody knows, and nothing of it stays', async () => {
    const before = await backend();
    const broken = database.transaction(async (client) => {
      await client.query('insert into noted values (1)');
      throw new Error('Query read timeout');
    });
    await expect(broken).rejects.toThrow('Query read timeout');
    expect((await backend()).pid).not.toBe(before.pid);
    expect(await noted()).toEqual([]);
  });

  it('closes when PostgreSQL ended it, and the error is what PostgreSQL said', async () => {
    const before = await backend();
    const ended = database.transaction(async (client) => {
      await client.query('insert into noted values (1)');
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(ended).rejects.toMatchObject({ code: '57P01' });
    expect((await backend()).pid).not.toBe(before.pid);
    expect(await noted()).toEqual([]);
  });
});
