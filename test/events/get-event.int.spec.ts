import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const WEEK = 7 * 86_400_000;

describe('GET /events/{event_id}', () => {
  const service = useService();

  beforeAll(async () => {
    await recordRows(service.store, [
      { event_type: 'click', event_id: 'order-1', timestamp: TEST_TIME },
      { event_type: 'sale', event_id: 'order-1', timestamp: TEST_TIME - 80 * WEEK, amount: 1 },
      { event_type: 'click', event_id: 'pair', timestamp: TEST_TIME },
      { event_type: 'sale', event_id: 'pair', timestamp: TEST_TIME },
      { event_type: 'click', event_id: 'a/b ?ü', timestamp: TEST_TIME },
      { event_type: 'click', event_id: testUuid(0xabc).toUpperCase(), timestamp: TEST_TIME },
    ]);
  });

  const nameOf = (event: Record<string, unknown>) => `${String(event.event_id)} ${String(event.event_type)}`;
  const one = async (path: string) => {
    const response = await fetch(`${service.url}/events/${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('is the event of that type', async () => {
    expect(await one('order-1?event_type=sale')).toMatchObject({
      status: 200,
      body: { event_id: 'order-1', event_type: 'sale', amount: '1.00' },
    });
  });
  it.each([
    ['order-1', ['order-1 click', 'order-1 sale']],
    ['pair', ['pair sale', 'pair click']],
  ])('is a list without a type, newest first: %s', async (id, names) => {
    const { body } = await one(id);
    expect((body.events as Record<string, unknown>[]).map(nameOf)).toEqual(names);
  });
  it('takes any text, and a UUID in any case', async () => {
    expect((await one(`${encodeURIComponent('a/b ?ü')}?event_type=click`)).status).toBe(200);
    expect((await one(`${testUuid(0xabc)}?event_type=click`)).body).toMatchObject({
      event_id: testUuid(0xabc).toUpperCase(),
    });
  });
  it('is 404 when there is none', async () => {
    expect(await one('order-2')).toMatchObject({ status: 404, body: { code: 'event_not_found' } });
    expect(await one('order-1?event_type=conversion')).toMatchObject({
      status: 404,
      body: { code: 'event_not_found' },
    });
  });
  it('is 400 for what can be no id', async () => {
    expect(await one('%00')).toMatchObject({ status: 400, body: { errors: [{ field: 'event_id' }] } });
    expect(await one('x'.repeat(129))).toMatchObject({ status: 400, body: { errors: [{ field: 'event_id' }] } });
  });
});
