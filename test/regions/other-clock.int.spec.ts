import { Clock } from '../../src/platform/clock/clock.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { recordRows } from '../support/record-rows.js';
import { TwoRegions } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');

describe('until when another region is merged', () => {
  let regions: TwoRegions;

  beforeAll(async () => {
    regions = await TwoRegions.start();
  });
  afterAll(() => regions.stop());

  const mergedUntil = async (): Promise<number | null> => {
    const { rows } = await regions.a.sql.query<{ until: number | null }>(
      "select date_part('epoch', merged_until) * 1000 as until from region_watermarks",
    );
    return rows[0]?.until ?? null;
  };
  /** Merges what the other region serves as if its clock showed this. */
  const mergeAt = async (as_of: string) => {
    const own = new HttpOtherRegion(regions.a.service.config, new Clock());
    const other = {
      facts: async (...asked: Parameters<HttpOtherRegion['facts']>) => ({ ...(await own.facts(...asked)), as_of }),
      erasures: own.erasures.bind(own),
      reach: own.reach.bind(own),
    };
    try {
      return await regions.mergeNow(regions.a, {}, { other });
    } finally {
      await own.onModuleDestroy();
    }
  };

  it('is never later than now, and what the last merge found, whatever its clock showed before', async () => {
    await recordRows(regions.b.service.store, [{ event_type: 'click', event_id: 'x', timestamp: NOON, url: '/' }]);
    await regions.b.settled();
    expect(await mergeAt('9999-12-31T23:59:59.000Z')).toMatchObject({ state: 'done' });
    expect(Math.abs(Date.now() - (await mergedUntil())!)).toBeLessThan(60_000);
    const honest = Date.now() - 3_600_000;
    expect(await mergeAt(new Date(honest).toISOString())).toMatchObject({ state: 'done' });
    expect(Math.abs((await mergedUntil())! - honest)).toBeLessThan(60_000);
  });
});
