import { ConsumerSigns } from '../../src/metrics/application/consumer-signs.port.js';
import { useService } from '../support/used-service.js';
import type { Json } from './analysed.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-30T00:20:00.000Z');

describe('a question of analysts that takes longer than a read may', () => {
  const service = useService({ READ_TIMEOUT_MS: 300 }, NOW);

  beforeAll(async () => {
    // Whatever else an answer reads has all the time that it takes on a busy machine.
    service.app.get(ConsumerSigns, { strict: false }).read = () => Promise.resolve([]);
    // Readers wait behind the lock: each question is longer than any other could be.
    await service.sql.query('begin; lock table events in access exclusive mode');
  }, 120_000);

  const ask = async (path: string) => {
    const response = await fetch(service.url + path);
    return { status: response.status, body: (await response.json()) as Json };
  };

  it.each([
    ['/funnel?steps=click,sale&period=7d', 'from', /ask for 84 h or less/],
    [`/funnel?steps=click,sale&from=${NOW - HOUR}&to=${NOW}`, 'from', /ask for 30 min or less/],
    ['/paths?from=/a&period=7d', 'period', /ask for 24h/],
    ['/paths?to=/a&period=1h', 'period', /ask for another page/],
    ['/retention?interval=day', 'from', /ask for 15 days or less/],
    ['/retention?interval=week', 'from', /ask for 6 weeks or less/],
    ['/users/u/journey', 'from', /give from and to, a week apart or less/],
  ])('%s: refused, and a range that would do is named', async (path, field, message) => {
    const { status, body } = await ask(path);
    expect([status, body]).toMatchObject([
      400,
      { code: 'range_too_long', errors: [{ field, message: expect.stringMatching(message) as string }] },
    ]);
  });
});
