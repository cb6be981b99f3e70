import { olderClick } from '../../src/events/rest/older/older-click.js';

const renamed = (body: unknown) => {
  const sent = Buffer.from(JSON.stringify(body));
  return olderClick(sent, JSON.parse(sent.toString()));
};

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
    expect(olderClick(sent, JSON.parse(sent.toString()))).toBe(sent);
  });
});
