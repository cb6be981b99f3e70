import { MINTED_KEY, type PayloadCase, RECEIVED_AT, recorded, rejected } from './payload-case.js';

const UUID = '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d';
const data = { user_id: 'u', event_id: 'inner', x: 0.5, y: 0.5 };
const envelope = { specversion: '1.0', id: 'A-1', source: '/shop', type: 'com.shop.click', data };
/** printf '10:cloudevent,5:/shop,3:A-1,' | sha256sum, with version and variant. */
export const KEY_OF_A_1 = '14b8b0e1-9b76-8354-8d03-280eadcaa61d';
const ofA1 = { eventKey: KEY_OF_A_1, eventId: KEY_OF_A_1 };
const kept = '{"ce_id":"A-1","ce_source":"/shop","ce_type":"com.shop.click","event_id":"inner"}';
const binary = (prefix: string) => ({
  attributes: { [prefix + 'id']: 'A-1', [prefix + 'source']: '/shop', [prefix + 'type']: 'com.shop.click' },
});

/** Which event it is: its own id, a CloudEvent's source and id, or the address of the message. */
export const IDENTITY: readonly PayloadCase[] = [
  recorded('a UUID is its own key', { user_id: 'u', event_id: UUID }, { eventId: UUID, eventKey: UUID }),
  recorded(
    'a UUID in capitals is stored as sent',
    { user_id: 'u', event_id: UUID.toUpperCase() },
    { eventId: UUID.toUpperCase(), eventKey: UUID },
  ),
  recorded(
    'another text is hashed',
    { user_id: 'u', event_id: 'order-1' },
    { eventId: 'order-1', eventKey: 'de74eb4c-fa81-8ccd-a1e4-5d3e78ae2f03' },
  ),
  recorded(
    'a UUID in braces is another text',
    { user_id: 'u', event_id: `{${UUID}}` },
    { eventId: `{${UUID}}`, eventKey: '69e7334b-1da9-8945-bedd-7723f695707f' },
  ),
  recorded(
    'without an id: the address of the message',
    { user_id: 'u' },
    { eventId: MINTED_KEY, eventKey: MINTED_KEY },
  ),
  recorded('event_id null', { user_id: 'u', event_id: null }, { eventId: MINTED_KEY }),
  recorded('event_id of 128', { user_id: 'u', event_id: 'e'.repeat(128) }, { eventId: 'e'.repeat(128) }),
  rejected('event_id of 129', { user_id: 'u', event_id: 'e'.repeat(129) }, 'schema', 'event_id'),
  rejected('an empty event_id', { user_id: 'u', event_id: '' }, 'schema', 'event_id'),
  rejected('a number as event_id', { user_id: 'u', event_id: 17 }, 'schema', 'event_id'),

  recorded('CloudEvents, structured', envelope, {
    ...ofA1,
    userId: 'u',
    x: 0.5,
    properties: kept,
    occurredAt: RECEIVED_AT,
  }),
  recorded('CloudEvents, binary with ce_', data, { ...ofA1, properties: kept }, binary('ce_')),
  recorded('CloudEvents, binary with ce-', data, { ...ofA1, properties: kept }, binary('ce-')),
  recorded('CloudEvents, binary with cloudEvents_', data, { ...ofA1, properties: kept }, binary('cloudEvents_')),
  recorded('CloudEvents, binary with cloudEvents:', data, { ...ofA1, properties: kept }, binary('cloudEvents:')),
  recorded(
    'CloudEvents, prefix in capitals',
    data,
    { ...ofA1, properties: kept },
    { attributes: { 'Ce-Id': 'A-1', 'CE-SOURCE': '/shop', 'ce-Type': 'com.shop.click' } },
  ),
  recorded(
    'the subject is kept, extensions are not',
    { ...envelope, subject: 's', traceparent: '00-1' },
    { ...ofA1, properties: kept.replace(',"ce_type"', ',"ce_subject":"s","ce_type"') },
  ),
  recorded(
    'data_base64',
    { ...envelope, data: undefined, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') },
    { ...ofA1, properties: kept },
  ),
  recorded(
    'time of the envelope',
    { ...envelope, time: '2026-03-01T09:58:20.123Z' },
    { occurredAt: 1_772_359_100_123 },
  ),
  recorded(
    'time of the envelope wins, the other stays',
    { ...envelope, time: '2026-03-01T09:58:20Z', data: { user_id: 'u', timestamp: 5 } },
    {
      occurredAt: 1_772_359_100_000,
      properties: '{"ce_id":"A-1","ce_source":"/shop","ce_type":"com.shop.click","timestamp":5}',
    },
  ),
  recorded(
    'timestamp in data when the envelope has no time',
    { ...envelope, data: { user_id: 'u', timestamp: 1_772_359_100_123 } },
    { occurredAt: 1_772_359_100_123 },
  ),
  recorded(
    'time in binary mode',
    data,
    { occurredAt: 1_772_359_100_000 },
    { attributes: { ce_id: 'A-1', ce_source: '/shop', ce_time: '2026-03-01T09:58:20Z' } },
  ),
  recorded(
    'type of the envelope where nobody else names it',
    { ...envelope, type: 'click' },
    { eventType: 'click' },
    { type: null },
  ),
  recorded(
    'type of the envelope where the data name none of the three',
    { ...envelope, type: 'conversion', data: { user_id: 'u', event_type: 'ConversionRequested' } },
    {
      eventType: 'conversion',
      properties: '{"ce_id":"A-1","ce_source":"/shop","ce_type":"conversion","event_type":"ConversionRequested"}',
    },
    { type: null },
  ),
  recorded(
    'another event_type in the data stays where the topic decides',
    { ...envelope, type: 'sale', data: { user_id: 'u', event_type: 'Clicked' } },
    { eventType: 'click', properties: '{"ce_id":"A-1","ce_source":"/shop","ce_type":"sale","event_type":"Clicked"}' },
  ),
  recorded(
    'epoch seconds in data when the envelope has no time',
    { ...envelope, data: { user_id: 'u', timestamp: 1_772_359_100.123 } },
    { occurredAt: 1_772_359_100_123 },
  ),
  recorded(
    'a view in a CloudEvent',
    { ...envelope, data: { page_url: '/a', interaction: 'view', view_id: 'v-1', event_id: null } },
    { ...ofA1, interaction: 'view', viewId: 'v-1', userId: null },
  ),
  rejected('a time of the envelope that is a number', { ...envelope, time: 1_772_359_100 }, 'schema', 'time'),
  rejected(
    'neither envelope nor data name one of the three',
    { ...envelope, data: { user_id: 'u', event_type: 'Clicked' } },
    'schema',
    'event_type',
    { type: null },
  ),
  recorded(
    'attributes without id and source are no CloudEvent',
    { user_id: 'u' },
    { eventId: MINTED_KEY, properties: null },
    { attributes: { ce_type: 't', other: '1' } },
  ),
  recorded(
    'specversion as a number is a free field',
    { user_id: 'u', specversion: 1 },
    { properties: '{"specversion":1}' },
  ),
  rejected('the type of the envelope is not ours', envelope, 'schema', 'event_type', { type: null }),
  rejected(
    'data contradicts the topic',
    { ...envelope, data: { ...data, event_type: 'sale' } },
    'type_mismatch',
    'event_type',
  ),
  rejected('no id', { ...envelope, id: undefined }, 'schema', 'id'),
  rejected('no source', { ...envelope, source: undefined }, 'schema', 'source'),
  rejected('a number as id', { ...envelope, id: 7 }, 'schema', 'id'),
  rejected('binary without source', data, 'schema', 'source', { attributes: { ce_id: 'A-1' } }),
  rejected('binary with U+0000 in its id', data, 'nul_char', 'id', {
    attributes: { ce_id: 'A\0', ce_source: '/shop' },
  }),
  rejected('binary with a half character', data, 'lone_surrogate', 'source', {
    attributes: { ce_id: 'A', ce_source: '\ud800' },
  }),
  rejected('CloudEvents 0.3', { ...envelope, specversion: '0.3' }, 'schema', 'specversion'),
  rejected('a time without offset', { ...envelope, time: '2026-03-01T09:58:20' }, 'schema', 'time'),
  rejected('data that is a text', { ...envelope, data: 'x' }, 'schema', 'data'),
  rejected('data and data_base64', { ...envelope, data_base64: 'e30=' }, 'schema', 'data_base64'),
  rejected('data_base64 that is none', { ...envelope, data: undefined, data_base64: '***' }, 'schema', 'data_base64'),
  rejected('data_base64 of a list', { ...envelope, data: undefined, data_base64: 'W10=' }, 'not_json'),
  rejected('no data', { ...envelope, data: undefined }, 'schema', 'user_id'),
  rejected(
    'data that claims another ce_id',
    { ...envelope, data: { ...data, ce_id: 'B' } },
    'schema',
    'properties.ce_id',
  ),
];
