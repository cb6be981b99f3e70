import fc from 'fast-check';
import { decodeEventCursor, encodeEventCursor } from '../../src/events/application/event-cursor.js';
import { EVENT_ORDERS } from '../../src/events/application/events-reader.port.js';
import { EVENT_TYPES } from '../../src/events/domain/incoming-event.js';
import { EARLIEST_MS, LATEST_MS } from '../../src/events/domain/timestamps.js';
import { InvalidCursor } from '../../src/platform/opaque-cursor.js';

const POSITION = { occurredAt: 1, eventKey: '0190a000-0000-7000-8000-000000000001', eventType: 'click' } as const;

describe('event cursor', () => {
  it('gives back the position it was made from', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: EARLIEST_MS, max: LATEST_MS }),
        fc.uuid(),
        fc.constantFrom(...EVENT_TYPES),
        fc.constantFrom(...EVENT_ORDERS),
        (occurredAt, eventKey, eventType, order) => {
          const position = { occurredAt, eventKey, eventType };
          expect(decodeEventCursor(encodeEventCursor(position, order), order)).toEqual(position);
        },
      ),
    );
  });

  it('refuses any other text', () => {
    const cursor = encodeEventCursor(POSITION, 'desc');
    const refused = (text: string) => expect(() => decodeEventCursor(text, 'desc')).toThrow(InvalidCursor);
    fc.assert(fc.property(fc.string(), refused));
    for (let cut = 0; cut < cursor.length; cut++) refused(cursor.slice(0, cut));
    refused(`${cursor}=`);
    refused(`${cursor} `);
    refused(cursor.toLowerCase());
    refused(Buffer.from('1b 1 0190a000-0000-7000-8000-000000000001 click').toString('base64url'));
    refused(Buffer.from('2 1 0190a000-0000-7000-8000-000000000001 click').toString('base64url'));
    refused(Buffer.from('1 1 0190a000-0000-7000-8000-000000000001 purchase').toString('base64url'));
    refused(Buffer.from('1 01 0190a000-0000-7000-8000-000000000001 click').toString('base64url'));
    refused(Buffer.from('1 999999999999999 0190a000-0000-7000-8000-000000000001 click').toString('base64url'));
  });

  it('belongs to the order of its walk', () => {
    for (const [given, asked] of [
      ['desc', 'asc'],
      ['asc', 'desc'],
    ] as const) {
      expect(() => decodeEventCursor(encodeEventCursor(POSITION, given), asked)).toThrow(`order=${given}`);
    }
  });
});
