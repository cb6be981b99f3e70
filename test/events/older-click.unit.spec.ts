import { olderClick } from '../../src/events/rest/older/older-click.js';

const renamed = (body: unknown) => olderClick(Buffer.from(JSON.stringify(body)));

describe('a click of the older tracker', () => {
  it.each<[object, object]>([
    [
      { page: '/a', x: 0.5 },
      { page_url: '/a', x: 0.5 },
    ],
    [
      { viewportW: 1, viewportH: 2, scrollY: 3, scrollHeight: 4 },
      { viewport_width: 1, viewport_height: 2, scroll_y: 3, document_height: 4 },
    ],
    [{ page: '/a', page_url: null }, { page_url: '/a' }],
    [
      { page: '/a', url: '/b', scrollY: 1 },
      { page: '/a', url: '/b', scroll_y: 1 },
    ],
  ])('%j in the names of today', (older, today) => {
    expect(JSON.parse(String(renamed(older)))).toEqual(today);
  });

  it.each([
    [{ page_url: '/a', x: 0.5 }],
    [{ page_url: '/a', page: '/b' }],
    [{ constructor: 1 }],
    [[1]],
    [null],
    ['page'],
  ])('%j stays the bytes that were sent', (body) => {
    const sent = Buffer.from(JSON.stringify(body));
    expect(olderClick(sent)).toBe(sent);
  });

  it.each([
    ['a number that no double holds', '{"page":"/a","n":1e400}'],
    ['another, of a field', '{"page":"/a","viewportW":1e999}'],
    ['5,000 levels', `{"page":"/a","n":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['no UTF-8', Buffer.from('{"page":"/a\xff"}', 'latin1')],
    ['no JSON', '{"page":'],
  ])('what would be altered or refused stays the bytes that were sent: %s', (_, body) => {
    const sent = Buffer.from(body);
    expect(olderClick(sent)).toBe(sent);
  });
});
