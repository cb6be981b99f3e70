import { encodeLetterCursor as deadLetterCursor } from '../../../src/dead-letters/application/dead-letter-cursor.js';
import { encodeEventCursor as eventCursor } from '../../../src/events/application/event-cursor.js';
import { EVENT_ORDERS } from '../../../src/events/application/events-reader.port.js';
import { EARLIEST_MS, LATEST_MS } from '../../../src/events/domain/timestamps.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import { recordRows } from '../../support/record-rows.js';
import { useService } from '../../support/used-service.js';

/** As clients write "no end" and "no beginning", and what lies beside the last and the first moment that there is. */
const LATE = ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.998Z', String(LATEST_MS), '9999-12-31T00:00:00-23:59'];
const EARLY = ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.001Z', '0001-01-01T23:59:00%2B23:59'];
const BEYOND = ['10000-01-01T00:00:00Z', '0000-12-31T23:59:59Z', String(LATEST_MS + 1), String(EARLIEST_MS - 1)];
const NDJSON = { accept: 'application/x-ndjson' };

describe('the ends of time, on every route that takes times', () => {
  const application = useService();

  beforeAll(async () => {
    await recordRows(application.store, [
      { event_type: 'click', event_id: testUuid(1), timestamp: TEST_TIME, url: '/' },
    ]);
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(application.url + path, { headers });
    return { status: response.status, text: await response.text() };
  };
  const events = async (query: string) => {
    const { status, text } = await get(`/events?${query}`);
    return status === 200 ? (JSON.parse(text) as { events: unknown[] }).events.length : text;
  };

  it('a list or an export to no end, or from no beginning, holds what there is', async () => {
    for (const order of EVENT_ORDERS) {
      for (const to of LATE) expect(await events(`order=${order}&to=${to}`)).toBe(1);
      for (const from of EARLY) expect(await events(`order=${order}&from=${from}`)).toBe(1);
      for (const from of LATE) expect(await events(`order=${order}&from=${from}`)).toBe(0);
      for (const to of EARLY) expect(await events(`order=${order}&to=${to}`)).toBe(0);
      for (const from of EARLY)
        for (const to of LATE) expect(await events(`order=${order}&from=${from}&to=${to}`)).toBe(1);
      const exported = await get(`/events?order=${order}&from=${EARLY[0]}&to=${LATE[0]}`, NDJSON);
      expect([exported.status, exported.text.split('\n').length]).toEqual([200, 2]);
      expect(await get(`/events?order=${order}&from=${LATE[0]}`, NDJSON)).toEqual({ status: 200, text: '' });
    }
  });

  it.each(['/metrics', '/metrics/timeseries', '/metrics/pages', '/api/heatmap/pages', '/api/heatmap/summary'])(
    '%s counts a window at either end',
    async (path) => {
      const tz = path.endsWith('series') ? ['UTC', 'Pacific/Kiritimati', 'America/New_York'] : ['UTC'];
      for (const zone of tz) {
        for (const to of LATE) {
          const { status, text } = await get(`${path}?page_url=/a&to=${to}&tz=${zone}`);
          expect([to, status, text]).toEqual([to, 200, expect.stringContaining('"exact":')]);
          // RFC 3339: four digits for a year, no sign.
          expect(text).not.toMatch(/"[+-]\d{6}-/);
        }
        for (const from of EARLY) {
          const { status, text } = await get(`${path}?page_url=/a&from=${from}&to=0001-01-03T00:00:00Z&tz=${zone}`);
          expect([from, status, text]).toEqual([from, 200, expect.stringContaining('"exact":')]);
          expect(text).not.toMatch(/"[+-]\d{6}-/);
        }
      }
    },
  );

  it('a window that would begin before the first year is refused by name', async () => {
    for (const query of [`to=${EARLY[0]}`, 'from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z&compare=previous']) {
      const { status, text } = await get(`/metrics?${query}`);
      expect([status, text]).toEqual([400, expect.stringContaining('before the year 1')]);
    }
  });

  it('dead letters to no end', async () => {
    for (const side of ['from', 'to']) {
      for (const time of [...LATE, ...EARLY]) {
        expect(await get(`/dead-letters?${side}=${time}`)).toMatchObject({ status: 200 });
      }
    }
  });

  it('cursors at both ends, of each order', async () => {
    const key = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    for (const occurredAt of [EARLIEST_MS, EARLIEST_MS + 1, LATEST_MS - 1, LATEST_MS]) {
      for (const order of EVENT_ORDERS) {
        const cursor = eventCursor({ occurredAt, eventKey: key, eventType: 'sale' }, order);
        const beyondAll = occurredAt > 0 === (order === 'asc');
        expect(await events(`order=${order}&cursor=${cursor}`)).toBe(beyondAll ? 0 : 1);
        expect(await get(`/events?order=${order}&cursor=${cursor}`, NDJSON)).toMatchObject({ status: 200 });
      }
    }
    for (const firstSeen of [0, 1, LATEST_MS - 1, LATEST_MS]) {
      const cursor = deadLetterCursor({ firstSeen, id: key });
      expect(await get(`/dead-letters?cursor=${cursor}`)).toMatchObject({ status: 200 });
    }
  });

  it('what lies beyond is a 400, in cursors too', async () => {
    const paths = ['/events', '/metrics', '/metrics/timeseries', '/metrics/pages', '/dead-letters'];
    for (const path of [...paths, '/api/heatmap/pages', '/api/heatmap/summary']) {
      for (const side of ['from', 'to']) {
        for (const time of BEYOND)
          expect(await get(`${path}?page_url=/a&${side}=${time}`)).toMatchObject({
            status: 400,
            text: expect.stringContaining('invalid_time_range') as string,
          });
      }
    }
    for (const occurredAt of [EARLIEST_MS - 1, LATEST_MS + 1, 999_999_999_999_999, -999_999_999_999_999]) {
      for (const order of EVENT_ORDERS) {
        const cursor = eventCursor({ occurredAt, eventKey: testUuid(1), eventType: 'click' }, order);
        expect(await get(`/events?order=${order}&cursor=${cursor}`)).toMatchObject({ status: 400 });
      }
      const cursor = deadLetterCursor({ firstSeen: occurredAt, id: testUuid(1) });
      expect(await get(`/dead-letters?cursor=${cursor}`)).toMatchObject({ status: 400 });
    }
  });
});
