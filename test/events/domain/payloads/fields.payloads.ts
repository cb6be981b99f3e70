import { type PayloadCase, recorded, rejected } from './payload-case.js';

const text = (length: number) => 'a'.repeat(length);

/** The fields of docs/events.md, and what stays in `properties`. */
export const FIELDS: readonly PayloadCase[] = [
  recorded(
    'the example of the contract',
    {
      user_id: '550e8400-e29b-41d4-a716-446655440000',
      session_id: 'sess_abc123',
      url: 'https://product.com/item/123',
      timestamp: 1_772_359_199_000,
    },
    {
      eventType: 'click',
      userId: '550e8400-e29b-41d4-a716-446655440000',
      sessionId: 'sess_abc123',
      pageUrl: 'https://product.com/item/123',
      occurredAt: 1_772_359_199_000,
      properties: null,
      messageId: '12:34:-1:0',
    },
  ),

  // user_id and session_id
  rejected('nothing at all', {}, 'schema', 'user_id'),
  rejected('null is absent', { user_id: null }, 'schema', 'user_id'),
  rejected('an empty user_id', { user_id: '' }, 'schema', 'user_id'),
  rejected('a number as user_id', { user_id: 42 }, 'schema', 'user_id'),
  rejected('an object as user_id', { user_id: { id: 'u' } }, 'schema', 'user_id'),
  recorded('user_id of 255', { user_id: text(255) }, { userId: text(255) }),
  rejected('user_id of 256', { user_id: text(256) }, 'schema', 'user_id'),
  recorded(
    'user_id of 255 astral characters, 1,020 bytes',
    { user_id: '😀'.repeat(255) },
    { userId: '😀'.repeat(255) },
  ),
  rejected('user_id of 256 astral characters', { user_id: '😀'.repeat(256) }, 'schema', 'user_id'),
  rejected('a conversion without user_id', { x: 0.1, y: 0.2 }, 'schema', 'user_id', { type: 'conversion' }),
  rejected('a click with reaction null is no vote', { reaction: null }, 'schema', 'user_id'),
  rejected('an empty session_id', { user_id: 'u', session_id: '' }, 'schema', 'session_id'),
  recorded('session_id null', { user_id: 'u', session_id: null }, { sessionId: null, properties: null }),

  // position and pixels
  recorded(
    'a click of the heat map',
    { page_url: '/albums/avengers', x: 0.45, y: 0.3, viewport_width: 1440, scroll_y: 350 },
    {
      userId: null,
      pageUrl: '/albums/avengers',
      x: 0.45,
      y: 0.3,
      viewportWidth: 1440,
      viewportHeight: null,
      scrollY: 350,
    },
  ),
  recorded('the corners', { x: 0, y: 1 }, { x: 0, y: 1 }),
  recorded('minus zero', '{"x":-0.0,"y":-0}', { x: 0, y: 0 }),
  rejected('x without y', { user_id: 'u', x: 0.5 }, 'schema', 'y'),
  rejected('y without x', { user_id: 'u', y: 0.5, x: null }, 'schema', 'x'),
  rejected('x beyond the document', { x: 1.0001, y: 0 }, 'schema', 'x'),
  rejected('y in pixels', { x: 0, y: 300 }, 'schema', 'y'),
  rejected('x as text', { x: '0.5', y: 0.5 }, 'schema', 'x'),
  recorded(
    'fractions of pixels are floored',
    { user_id: 'u', viewport_width: 1440.9, viewport_height: 1_000_000, scroll_y: 0.99 },
    {
      viewportWidth: 1440,
      viewportHeight: 1_000_000,
      scrollY: 0,
    },
  ),
  rejected('pixels below zero', { user_id: 'u', scroll_y: -0.5 }, 'schema', 'scroll_y'),
  rejected('too many pixels', { user_id: 'u', viewport_width: 1_000_000.5 }, 'schema', 'viewport_width'),

  // url
  recorded('url and page_url the same', { user_id: 'u', url: '/a', page_url: '/a' }, { pageUrl: '/a' }),
  rejected('url and page_url different', { user_id: 'u', url: '/a', page_url: '/b' }, 'schema', 'page_url'),
  recorded('url null beside page_url', { user_id: 'u', url: null, page_url: '/b' }, { pageUrl: '/b' }),
  recorded(
    'letters beyond ASCII in a url',
    { user_id: 'u', url: 'https://tienda.es/años?q=ñ#é' },
    { pageUrl: 'https://tienda.es/años?q=ñ#é' },
  ),
  recorded(
    'a url of an app',
    { user_id: 'u', url: 'android-app://com.shop/item/1' },
    { pageUrl: 'android-app://com.shop/item/1' },
  ),
  recorded('a url of 2,048', { user_id: 'u', url: '/' + text(2047) }, { pageUrl: '/' + text(2047) }),
  rejected('a url of 2,049', { user_id: 'u', url: '/' + text(2048) }, 'schema', 'url'),
  rejected('an empty url', { user_id: 'u', url: '' }, 'schema', 'url'),
  rejected('neither absolute nor a path', { user_id: 'u', page_url: 'albums' }, 'schema', 'page_url'),
  rejected('a scheme alone', { user_id: 'u', url: 'https:' }, 'schema', 'url'),
  rejected('white space in a url', { user_id: 'u', url: '/a b' }, 'schema', 'url'),
  rejected('a line break in a url', { user_id: 'u', url: '/a\nb' }, 'schema', 'url'),
  rejected('a control character in a url', { user_id: 'u', url: '/a\u007f' }, 'schema', 'url'),
  rejected('a url that is a list', { user_id: 'u', url: ['/a'] }, 'schema', 'url'),

  // user agent
  recorded(
    'user_agent of the body wins',
    { user_id: 'u', user_agent: 'body' },
    { userAgent: 'body' },
    { userAgent: 'header' },
  ),
  recorded(
    'user agent of the header',
    { user_id: 'u' },
    { userAgent: 'header' },
    { intake: 'http', userAgent: 'header' },
  ),
  rejected('user_agent of 1,025 in the body', { user_id: 'u', user_agent: text(1025) }, 'schema', 'user_agent'),
  recorded(
    'a longer header is cut',
    { user_id: 'u' },
    { userAgent: text(1024) },
    { intake: 'http', userAgent: text(1025) },
  ),
  recorded(
    'a header that cannot be stored is left out',
    { user_id: 'u' },
    { userAgent: null },
    { intake: 'http', userAgent: 'a\0' },
  ),

  // type
  recorded('event_type agrees', { user_id: 'u', event_type: 'click' }, { eventType: 'click', properties: null }),
  rejected('event_type contradicts the topic', { user_id: 'u', event_type: 'sale' }, 'type_mismatch', 'event_type'),
  recorded(
    'an event_type of an older producer stays',
    { user_id: 'u', event_type: 'ConversionRequested' },
    { eventType: 'conversion', properties: '{"event_type":"ConversionRequested"}' },
    { type: 'conversion' },
  ),
  recorded('event_type in capitals', { user_id: 'u', event_type: 'Click' }, { properties: '{"event_type":"Click"}' }),
  recorded('an event_type that is empty', { user_id: 'u', event_type: '' }, { properties: '{"event_type":""}' }),
  recorded('an event_type that is a number', { user_id: 'u', event_type: 3 }, { properties: '{"event_type":3}' }),
  recorded(
    'an event_type that is an object',
    { user_id: 'u', event_type: { name: 'sale', version: null } },
    { properties: '{"event_type":{"name":"sale"}}' },
  ),
  recorded('an event_type that is null', { user_id: 'u', event_type: null }, { properties: null }),
  recorded(
    'another event_type stays over HTTP too, where the route decides',
    { user_id: 'u', event_type: 'track' },
    { eventType: 'click', properties: '{"event_type":"track"}' },
    { intake: 'http' },
  ),
  rejected(
    'event_type beside and inside properties with two values',
    { user_id: 'u', event_type: 'A', properties: { event_type: 'B' } },
    'schema',
    'properties.event_type',
  ),
  rejected('an item whose event_type is a number', { user_id: 'u', event_type: 1 }, 'schema', 'event_type', {
    type: null,
    intake: 'http',
  }),
  recorded(
    'the body names the type',
    { user_id: 'u', event_type: 'sale' },
    { eventType: 'sale' },
    { type: null, intake: 'http' },
  ),
  rejected('nobody names the type', { user_id: 'u' }, 'schema', 'event_type', { type: null, intake: 'http' }),
  rejected('the body names no known type', { user_id: 'u', event_type: 'view' }, 'schema', 'event_type', {
    type: null,
    intake: 'http',
  }),
  rejected('a schema error comes before the mismatch', { event_type: 'sale' }, 'schema', 'user_id'),

  // reaction and conversion_type
  recorded('a vote', { reaction: 'cheers' }, { reaction: 'cheers', userId: null, currency: null }),
  rejected('an unknown reaction', { reaction: 'love' }, 'schema', 'reaction'),
  recorded(
    'a reaction on a sale is a property',
    { user_id: 'u', reaction: 'love' },
    { reaction: null, properties: '{"reaction":"love"}' },
    { type: 'sale' },
  ),
  recorded(
    'a conversion',
    { user_id: 'u', conversion_type: 'signup' },
    { conversionType: 'signup' },
    { type: 'conversion' },
  ),
  rejected('an empty conversion_type', { user_id: 'u', conversion_type: '' }, 'schema', 'conversion_type', {
    type: 'conversion',
  }),
  rejected('conversion_type of 65', { user_id: 'u', conversion_type: text(65) }, 'schema', 'conversion_type', {
    type: 'conversion',
  }),
  recorded(
    'conversion_type on a click is a property',
    { user_id: 'u', conversion_type: 7 },
    { conversionType: null, properties: '{"conversion_type":7}' },
  ),

  // properties
  recorded(
    'free fields',
    { user_id: 'u', b: [1, { d: null, c: 'é' }], a: true },
    { properties: '{"a":true,"b":[1,{"c":"é"}]}' },
  ),
  recorded(
    'a member that is null is absent, at any depth',
    { user_id: 'u', utm: { a: 1, b: null, c: { d: null } } },
    {
      properties: '{"utm":{"a":1,"c":{}}}',
    },
  ),
  recorded(
    'null keeps its place in an array',
    { user_id: 'u', a: [1, null, [null]] },
    {
      properties: '{"a":[1,null,[null]]}',
    },
  ),
  recorded(
    'twice with one value but for nulls',
    { user_id: 'u', a: { p: 1, q: null }, properties: { a: { p: 1 } } },
    { properties: '{"a":{"p":1}}' },
  ),
  recorded('a free field that is null is absent', { user_id: 'u', coupon: null }, { properties: null }),
  recorded(
    'entries of properties join the others',
    { user_id: 'u', a: 1, properties: { b: 2, c: null } },
    { properties: '{"a":1,"b":2}' },
  ),
  recorded(
    'twice with one value',
    { user_id: 'u', a: { p: 1, q: 2 }, properties: { a: { q: 2, p: 1 } } },
    { properties: '{"a":{"p":1,"q":2}}' },
  ),
  rejected('twice with two values', { user_id: 'u', a: 1, properties: { a: '1' } }, 'schema', 'properties.a'),
  recorded(
    'a field inside properties stays there',
    { user_id: 'u', properties: { user_id: 'v' } },
    { userId: 'u', properties: '{"user_id":"v"}' },
  ),
  recorded(
    'a name of an inherited method inside properties',
    { user_id: 'u', a: 1, properties: { toString: 2 } },
    { properties: '{"a":1,"toString":2}' },
  ),
  recorded('properties that are a list', { user_id: 'u', properties: [1] }, { properties: '{"properties":[1]}' }),
  recorded('properties that are empty', { user_id: 'u', properties: {} }, { properties: null }),
  recorded(
    '64 kB of properties',
    { user_id: 'u', a: text(65_528) },
    { properties: JSON.stringify({ a: text(65_528) }) },
  ),
  rejected('64 kB and a byte', { user_id: 'u', a: text(65_529) }, 'too_large', 'properties'),
  rejected('64 kB by bytes, not by length', { user_id: 'u', a: '€'.repeat(30_000) }, 'too_large', 'properties'),
];
