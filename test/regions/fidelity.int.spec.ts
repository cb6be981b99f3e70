import { CommandBus } from '@nestjs/cqrs';
import { RecordEventCommand } from '../../src/events/application/record-event.command.js';
import type { IncomingEvent } from '../../src/events/domain/incoming-event.js';
import { EventSynonyms } from '../../src/events/domain/parsing/event-synonyms.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { tallyOf, TwoRegions } from './two-regions.js';

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

/** Whatever may be recorded is the same in the other region, column by column. */
const PAYLOADS: readonly (readonly [string, IncomingEvent['eventType'], Record<string, unknown>])[] = [
  ['a click at a place', 'click', { x: 0.1, y: 1 / 3, viewport_width: 1440, viewport_height: 900, scroll_y: 350 }],
  ['a vote', 'click', { reaction: 'cheers' }],
  [
    'a view',
    'click',
    { interaction: 'view', page_url: '/p', view_id: 'v-1', scroll_depth: 0.25, document_width: 1440 },
  ],
  ['a target', 'click', { x: 0, y: 1, target: { selector: '#buy > "b"', x: 0.5, y: 0.25, fixed: true } }],
  ['an amount', 'sale', { user_id: 'u', amount: '19.90', currency: 'EUR' }],
  ['the largest amount', 'sale', { user_id: 'u', amount: '99999999999.9999', currency: 'JPY' }],
  ['no currency', 'sale', { user_id: 'u', amount: 0 }],
  ['no amount', 'sale', { user_id: 'u' }],
  ['a conversion', 'conversion', { user_id: 'u', conversion_type: 'sïgnup 😀' }],
  ['texts', 'click', { user_id: 'ü"\\/\u2028', session_id: '\t', url: '/a?b=%20&c=ñ', user_agent: 'Mozilla/5.0 "x"' }],
  ['an id that is hashed', 'click', { user_id: 'u', event_id: 'order "1001" / \u{1F600}' }],
  ['an id in upper case', 'click', { user_id: 'u', event_id: '0190A000-0000-7000-8000-0000000000AA' }],
  ['free fields', 'click', { user_id: 'u', plan: 'pro', n: [1, 2.5, null, { z: 1, a: [] }], o: {}, t: true }],
  [
    'large and small numbers',
    'click',
    { user_id: 'u', big: 1e300, small: 1e-300, id: 9007199254740991, minus: -1.5e-7 },
  ],
  ['free fields that are named like fields', 'click', { user_id: 'u', properties: { user_id: 'other', amount: 3 } }],
  ['fields of another type', 'click', { user_id: 'u', amount: '5', currency: 'EUR', conversion_type: 'x' }],
  ['a name that the other region takes for a field', 'conversion', { user_id: 'u', affiliate_id: 'aff-1' }],
  ['as deep as may be', 'click', { user_id: 'u', a: deep(30) }],
  ['as large as may be', 'click', { user_id: 'u', text: 'ä'.repeat(32_000) }],
  ['a time before the epoch', 'click', { user_id: 'u', timestamp: '1969-07-20T20:17:40.123Z' }],
  [
    'a CloudEvent',
    'click',
    { specversion: '1.0', source: '/s', id: '1', type: 'click', data: { user_id: 'u', plan: 'x' } },
  ],
];

describe('a merged fact', () => {
  let regions: TwoRegions;
  beforeAll(async () => {
    const synonyms = EventSynonyms.parse('conversion.user_id=affiliate_id,session_id=plan');
    regions = await TwoRegions.start({ a: { EVENT_SYNONYMS: synonyms } });
  });
  afterAll(() => regions.stop());

  it('says the same as in its own region, to the column and the fingerprint', async () => {
    const { a, b } = regions;
    const incoming = PAYLOADS.map(([, eventType, payload], n): IncomingEvent => ({
      body: JSON.stringify(payload),
      intake: 'http',
      eventType,
      receivedAt: TEST_TIME + n,
      fallbackTime: TEST_TIME - n,
      attributes: {},
      mintKey: () => testUuid(n),
      messageId: n % 2 ? `1:${n}:-1:0` : null,
      userAgent: null,
    }));
    const verdicts = await b.service.app.get(CommandBus).execute(new RecordEventCommand(incoming));
    expect(verdicts.map((verdict, n) => [PAYLOADS[n]![0], verdict.status])).toEqual(
      PAYLOADS.map(([name]) => [name, 'recorded']),
    );
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: PAYLOADS.length });
    expect(await a.facts()).toEqual(await b.facts());
    // And what comes back is known.
    expect(tallyOf(await regions.merge(b))).toEqual({ known: PAYLOADS.length });
  });

  it('of a person who was erased stays so, and one that is erased in one region is no conflict', async () => {
    const { a, b } = regions;
    const erase = `
      update events set user_id = null, session_id = null, page_url = null, page_key = null, user_agent = null, properties = null,
        target = null, view_id = null, event_id = event_key::text where true`;
    await b.sql.query(erase);
    await b.sql.query('update event_identity set fingerprint = null');
    expect(tallyOf(await regions.merge(a, { since: -62_000_000_000_000 }))).toEqual({ known: PAYLOADS.length });
    await a.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    expect(tallyOf(await regions.merge(a, { since: -62_000_000_000_000 }))).toEqual({ merged: PAYLOADS.length });
    expect(await a.facts()).toEqual(await b.facts());
    expect(tallyOf(await regions.merge(b))).toEqual({ known: PAYLOADS.length });
  });
});
