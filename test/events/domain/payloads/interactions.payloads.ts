import { type PayloadCase, recorded, rejected } from './payload-case.js';

const view = { page_url: '/a', interaction: 'view', view_id: 'v-1' };
const scroll = { ...view, interaction: 'scroll', scroll_depth: 0.75 };
const text = (length: number) => 'v'.repeat(length);
const none = {
  interaction: null,
  viewId: null,
  scrollDepth: null,
  documentWidth: null,
  documentHeight: null,
  target: null,
};

/** A click of a user whose value is none of the field's: it stays in `properties`. */
const stays = (name: string, field: string, value: unknown, kept: unknown = value) =>
  recorded(
    `${field} stays: ${name}`,
    { user_id: 'u', [field]: value },
    { ...none, properties: JSON.stringify({ [field]: kept }) },
  );
const badInteraction = (name: string, body: unknown, field: string) =>
  rejected(`an interaction ${name}`, body, 'schema', field);

/** Views, scrolls, and what a click says about the view that it belongs to. */
export const INTERACTIONS: readonly PayloadCase[] = [
  recorded('a view', view, {
    ...none,
    interaction: 'view',
    viewId: 'v-1',
    pageUrl: '/a',
    userId: null,
    properties: null,
  }),
  recorded('a view by url', { ...view, page_url: null, url: '/b' }, { interaction: 'view', pageUrl: '/b' }),
  recorded('a view that carries its depth', { ...view, scroll_depth: 0.1 }, { interaction: 'view', scrollDepth: 0.1 }),
  recorded('a view of a user', { ...view, user_id: 'u' }, { interaction: 'view', userId: 'u' }),
  recorded('a scroll', scroll, { ...none, interaction: 'scroll', viewId: 'v-1', scrollDepth: 0.75, userId: null }),
  recorded('the whole document', { ...scroll, scroll_depth: 1 }, { scrollDepth: 1 }),
  recorded('minus zero', '{"page_url":"/a","interaction":"scroll","view_id":"v","scroll_depth":-0.0}', {
    scrollDepth: 0,
  }),
  badInteraction('without a page', { ...view, page_url: null }, 'page_url'),
  badInteraction('without a page, of a user', { ...view, page_url: null, user_id: 'u' }, 'page_url'),
  badInteraction('without a view', { ...view, view_id: null }, 'view_id'),
  badInteraction('whose view is a number', { ...view, view_id: 7 }, 'view_id'),
  badInteraction('whose view is too long', { ...view, view_id: text(65) }, 'view_id'),
  badInteraction('beside x and y', { ...view, x: 0.1, y: 0.2 }, 'interaction'),
  badInteraction('beside a reaction', { ...view, reaction: 'cheers' }, 'interaction'),
  badInteraction('scroll without a depth', { ...scroll, scroll_depth: null }, 'scroll_depth'),
  badInteraction('scroll with a depth in percent', { ...scroll, scroll_depth: 75 }, 'scroll_depth'),
  badInteraction('with x alone', { ...view, x: 0.1 }, 'y'),
  badInteraction('with a bad page', { ...view, page_url: 'albums' }, 'page_url'),
  recorded('x, y and reaction null beside it', { ...view, x: null, y: null, reaction: null }, { interaction: 'view' }),

  // a value that is none of the field's
  stays('another kind', 'interaction', 'tap'),
  stays('a kind in capitals', 'interaction', 'View'),
  stays('true', 'interaction', true),
  stays('a number', 'view_id', 7),
  stays('an empty text', 'view_id', ''),
  stays('65 characters', 'view_id', text(65)),
  stays('an object', 'view_id', { id: 'v', at: null }, { id: 'v' }),
  stays('a percentage', 'scroll_depth', 75),
  stays('below zero', 'scroll_depth', -0.01),
  stays('a text', 'scroll_depth', '0.5'),
  stays('a text', 'document_width', '1440'),
  stays('below zero', 'document_height', -1),
  stays('too many pixels', 'document_height', 1_000_000.5),
  stays('a list', 'document_width', [1440]),
  stays('a text', 'target', 'x'),
  stays('a number', 'target', 0),
  stays('a list', 'target', [{ selector: '#buy' }]),
  stays('an empty object', 'target', {}),
  stays('an object of nulls', 'target', { selector: null }, {}),
  stays('another member', 'target', { selector: '#buy', text: 'Buy' }),
  stays('an empty selector', 'target', { selector: '' }),
  stays('a selector above 1,024 characters', 'target', { selector: text(1025) }),
  stays('x beyond it', 'target', { selector: '#buy', x: 1.5, y: 0 }),
  stays('x without y', 'target', { selector: '#buy', x: 0.5 }),
  stays('fixed as a text', 'target', { fixed: 'yes' }),

  // a value of the field's
  recorded('view_id of 64 astral characters', { user_id: 'u', view_id: '😀'.repeat(64) }, { viewId: '😀'.repeat(64) }),
  recorded(
    'a click with a position in a view',
    { x: 0.5, y: 0.5, view_id: 'v-1', scroll_depth: 0 },
    {
      interaction: null,
      viewId: 'v-1',
      scrollDepth: 0,
      properties: null,
    },
  ),
  recorded('a vote in a view', { reaction: 'hate', view_id: 'v-1' }, { reaction: 'hate', viewId: 'v-1' }),
  recorded(
    'document sizes are floored',
    { user_id: 'u', document_width: 1440.9, document_height: 1_000_000 },
    {
      documentWidth: 1440,
      documentHeight: 1_000_000,
      properties: null,
    },
  ),
  recorded(
    'a target',
    { user_id: 'u', target: { y: 1, x: 0, selector: '#buy > a', fixed: false } },
    {
      target: '{"fixed":false,"selector":"#buy > a","x":0,"y":1}',
      properties: null,
    },
  ),
  recorded(
    'a target with nulls',
    { user_id: 'u', target: { selector: '#buy', x: null, y: null, other: null } },
    {
      target: '{"selector":"#buy"}',
    },
  ),
  recorded('a target that is fixed', { user_id: 'u', target: { fixed: true } }, { target: '{"fixed":true}' }),

  // elsewhere
  recorded(
    'on a sale all of them stay',
    { user_id: 'u', ...scroll, target: { selector: '#buy' }, document_width: 1, document_height: 2 },
    {
      ...none,
      properties:
        '{"document_height":2,"document_width":1,"interaction":"scroll","scroll_depth":0.75,"target":{"selector":"#buy"},"view_id":"v-1"}',
    },
    { type: 'sale' },
  ),
  recorded(
    'on a conversion an interaction does not stand for a user',
    { ...view, user_id: 'u' },
    { ...none, properties: '{"interaction":"view","view_id":"v-1"}' },
    { type: 'conversion' },
  ),
  rejected('a conversion without user_id', view, 'schema', 'user_id', { type: 'conversion' }),
  recorded(
    'inside properties they stay',
    { user_id: 'u', properties: { view_id: 'v-1', interaction: 'view' } },
    { ...none, properties: '{"interaction":"view","view_id":"v-1"}' },
  ),
  recorded(
    'beside and inside properties',
    { user_id: 'u', view_id: 'v-1', properties: { view_id: 'v-2' } },
    { viewId: 'v-1', properties: '{"view_id":"v-2"}' },
  ),
];
