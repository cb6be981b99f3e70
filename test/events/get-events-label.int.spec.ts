import { TEST_TIME } from '../support/events.js';
import { recordRows } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const SCROLL = { interaction: 'scroll', view_id: 'v', scroll_depth: 0.5, url: '/a' };

describe('GET /events?label= and interaction=', () => {
  const service = useService();

  beforeAll(async () => {
    const timestamp = TEST_TIME;
    await recordRows(service.store, [
      { event_type: 'click', event_id: 'click', timestamp },
      { event_type: 'click', event_id: 'cheers', timestamp, reaction: 'cheers' },
      { event_type: 'click', event_id: 'hate', timestamp, reaction: 'hate' },
      { event_type: 'click', event_id: 'view', timestamp, interaction: 'view', view_id: 'v', url: '/a', user_id: null },
      { event_type: 'click', event_id: 'scroll', timestamp, ...SCROLL },
      { event_type: 'click', event_id: 'on page', timestamp, url: '/a' },
      { event_type: 'click', event_id: 'vote on page', timestamp, url: '/a', reaction: 'hate' },
      { event_type: 'sale', event_id: 'sale on page', timestamp, url: '/a', interaction: 'view', currency: 'USD' },
      { event_type: 'conversion', event_id: 'signup', timestamp, conversion_type: 'signup' },
      { event_type: 'conversion', event_id: 'odd', timestamp, conversion_type: 'EUR' },
      { event_type: 'sale', event_id: 'euro', timestamp, amount: 1, currency: 'EUR' },
      { event_type: 'sale', event_id: 'none', timestamp, amount: 1 },
    ]);
  });

  it.each([
    ['label=cheers', ['cheers']],
    ['label=view', ['view']],
    ['label=scroll', ['scroll']],
    ['interaction=view', ['view']],
    ['interaction=scroll', ['scroll']],
    ['interaction=none&event_type=click', ['cheers', 'click', 'hate', 'on page', 'vote on page']],
    ['interaction=none&event_type=sale', ['euro', 'none', 'sale on page']],
    ['interaction=view&event_type=sale', []],
    ['page_url=/a', ['on page', 'vote on page']],
    ['page_url=/a&interaction=none', ['on page', 'vote on page']],
    ['page_url=/a&interaction=view', ['view']],
    ['page_url=/a&interaction=scroll&event_type=click', ['scroll']],
    ['page_url=/a&event_type=click', ['on page', 'scroll', 'view', 'vote on page']],
    ['page_url=/a&event_type=sale', ['sale on page']],
    ['page_url=/a&user_id=u', ['on page', 'sale on page', 'scroll', 'vote on page']],
    ['page_url=/a&user_id=u&interaction=none', ['on page', 'sale on page', 'vote on page']],
    ['label=signup', ['signup']],
    ['label=hate', ['hate', 'vote on page']],
    ['label=EUR', ['euro', 'odd']],
    ['label=EUR&event_type=sale', ['euro']],
    ['label=XXX', ['none']],
    ['label=click', []],
  ])('%s gives %j', async (query, ids) => {
    const { events } = (await (await fetch(`${service.url}/events?${query}`)).json()) as {
      events: { event_id: string }[];
    };
    expect(events.map(({ event_id }) => event_id).sort()).toEqual(ids);
  });

  it('another interaction is refused, and an export has the same filter', async () => {
    const refused = await fetch(`${service.url}/events?interaction=tap`);
    expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ field: 'interaction' }] }]);
    const csv = await fetch(`${service.url}/events?interaction=scroll`, { headers: { accept: 'text/csv' } });
    const [header, line] = (await csv.text()).trimEnd().split('\r\n');
    expect(header).toMatch(/,properties,interaction,view_id,scroll_depth,document_width,document_height,target$/);
    expect(line).toMatch(/,\{\},scroll,v,0\.5,,,$/);
  });
});
