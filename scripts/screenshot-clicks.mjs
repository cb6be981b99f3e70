import { randomUUID } from 'node:crypto';

/** A page as it lies on a device: what is clicked there, left, top, width and height in pixels, and how often. */
const LAYOUTS = {
  desktop: {
    window: [1440, 900],
    long: 2300,
    share: 0.74,
    elements: [
      ['[data-track="hero"]', 84, 170, 1270, 380, 9],
      ['#buy', 960, 430, 320, 84, 30],
      ['[data-track="card-1"]', 84, 614, 400, 254, 16],
      ['[data-track="card-2"]', 520, 614, 400, 254, 15],
      ['[data-track="card-3"]', 954, 614, 400, 254, 19],
      ['#search', 84, 930, 620, 52, 11],
      ['#reviews', 84, 1186, 614, 420, 10],
      ['#tracks', 740, 1186, 614, 420, 9],
      ['#footer>a', 560, 2120, 320, 60, 4],
    ],
    fixed: [
      ['#nav-albums', 240, 14, 130, 36, 6],
      ['#cart', 1290, 14, 110, 36, 4],
    ],
  },
  phone: {
    window: [390, 780],
    long: 3400,
    share: 0.26,
    elements: [
      ['[data-track="hero"]', 16, 76, 358, 250, 8],
      ['#buy', 16, 350, 358, 52, 34],
      ['[data-track="card-1"]', 16, 440, 358, 240, 14],
      ['[data-track="card-2"]', 16, 710, 358, 240, 12],
      ['[data-track="card-3"]', 16, 980, 358, 240, 9],
      ['#reviews', 16, 1500, 358, 600, 10],
    ],
    fixed: [['#menu', 330, 10, 48, 44, 8]],
  },
};
const PAGES = [
  ['/albums/avengers', 3000],
  ['/', 2100],
  ['/albums/x-men', 1400],
  ['/albums/fantastic-four', 900],
  ['/secret', 420],
  ['/blog/how-to-choose', 210],
  ['/contact', 80],
];
const DAY_MS = 86_400_000;

/** Clicks, views and how far they read, of the pages of a shop within two days. */
export function* pageClicks(now) {
  for (const [page_url, clicks] of PAGES) {
    for (const layout of Object.values(LAYOUTS)) {
      const views = Math.round((clicks * layout.share) / 1.47);
      for (let view = 0; view < views; view++) yield* oneView(page_url, layout, now - Math.random() * 2 * DAY_MS);
    }
  }
}

function* oneView(page_url, { window: [viewport_width, viewport_height], long, elements, fixed }, at) {
  const of = {
    event_type: 'click',
    page_url,
    view_id: randomUUID(),
    session_id: `s${Math.floor(Math.random() * 4000)}`,
    viewport_width,
    viewport_height,
    document_width: viewport_width,
    document_height: long,
  };
  const event = (after, fields) => ({ ...of, event_id: randomUUID(), timestamp: Math.round(at + after), ...fields });
  yield event(0, { interaction: 'view' });
  const deepest = Math.min(1, (viewport_height + long * Math.random() ** 1.7) / long);
  yield event(20_000, { interaction: 'scroll', scroll_depth: deepest });
  for (let click = 0; click < 1 + (Math.random() < 0.47); click++) {
    const [selector, left, top, width, height] = pick([...elements, ...fixed]);
    // People aim at the middle.
    const part = () =>
      Math.min(0.98, Math.max(0.02, 0.5 + (Math.random() + Math.random() + Math.random() - 1.5) * 0.5));
    const target = { selector, x: part(), y: part(), fixed: fixed.some(([name]) => name === selector) };
    const bottom = Math.max(0, top + height - viewport_height * 0.6);
    const scroll_y = Math.floor(target.fixed ? Math.random() * deepest * (long - viewport_height) : bottom);
    const y = (top + target.y * height + (target.fixed ? scroll_y : 0)) / long;
    yield event(3_000 + click * 4_000, { x: (left + target.x * width) / viewport_width, y, scroll_y, target });
  }
}

function pick(elements) {
  const all = elements.reduce((sum, element) => sum + element.at(-1), 0);
  let at = Math.random() * all;
  return elements.find((element) => (at -= element.at(-1)) <= 0) ?? elements[0];
}
