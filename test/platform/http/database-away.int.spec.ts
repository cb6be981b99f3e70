import { Client } from 'pg';
import { lastingPort } from '../../../src/platform/loopback-port.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase } from '../../support/postgres.js';
import { eventually } from '../../support/waiting.js';

const READS = ['/metrics', '/events', '/events/x'];

const ask = async (address: string) => {
  const response = await fetch(address);
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, retryAfter: Number(response.headers.get('retry-after')) };
};

describe('reads', () => {
  it('are 503 with Retry-After while PostgreSQL is away', async () => {
    const application = await startApplication(`postgresql://nobody@127.0.0.1:${await lastingPort()}/none`);
    try {
      for (const path of READS) {
        expect(await ask(application.url + path)).toEqual({ status: 503, code: 'database_unavailable', retryAfter: 2 });
      }
    } finally {
      await application.close();
    }
  });

  it('are 503 query_timeout when a query takes too long, and answer again afterwards', async () => {
    const testDatabase = await createTestDatabase();
    const application = await startApplication(testDatabase.url, { READ_TIMEOUT_MS: 200 });
    const other = new Client({ connectionString: testDatabase.url });
    try {
      await application.database.connect();
      await other.connect();
      await other.query('begin; lock table events, event_identity in access exclusive mode');
      for (const path of READS) {
        expect(await ask(application.url + path)).toEqual({ status: 503, code: 'query_timeout', retryAfter: 2 });
      }
      await other.query('rollback');
      // A busy machine may take longer for the first answer than a read may here.
      await eventually(async () => (await ask(`${application.url}/metrics`)).status === 200, {
        within: 20_000,
        what: 'it is answered again',
      });
    } finally {
      await other.end();
      await application.close();
      await testDatabase.drop();
    }
  });
});
