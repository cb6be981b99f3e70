import fc from 'fast-check';
import type { EventView } from '../../src/events/application/answers/event.answer.js';
import { CSV_HEADER, csvLine } from '../../src/events/rest/csv.js';
import { exportFormatOf } from '../../src/events/rest/export-format.js';

const EVENT: EventView = {
  event_id: 'order-1001',
  event_type: 'sale',
  user_id: 'u',
  session_id: null,
  url: '/item',
  page_url: '/item',
  occurred_at: '2026-01-15T12:00:00.123Z',
  received_at: '2026-01-15T12:00:01.000Z',
  x: 0.45,
  y: 0,
  viewport_width: 1440,
  viewport_height: null,
  scroll_y: 0,
  user_agent: null,
  reaction: null,
  conversion_type: null,
  amount: '19.90',
  currency: 'EUR',
  properties: {},
  interaction: null,
  view_id: null,
  scroll_depth: null,
  document_width: null,
  document_height: null,
  target: null,
};

/** RFC 4180, as a reader of it understands it. */
function parse(csv: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    line.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  return lines;
}

describe('CSV of events', () => {
  it('writes the fields of the JSON answer; absent is empty', () => {
    expect(CSV_HEADER.trimEnd().split(',')).toEqual(Object.keys(EVENT));
    expect(csvLine({ ...EVENT, properties: { a: 'x, "y"' } })).toBe(
      'order-1001,sale,u,,/item,/item,2026-01-15T12:00:00.123Z,2026-01-15T12:00:01.000Z,0.45,0,1440,,0,,,,19.90,EUR,"{""a"":""x, \\""y\\""""}",,,,,,\r\n',
    );
    const view = { interaction: 'view', view_id: 'v', scroll_depth: 0, document_width: 1, document_height: 2 } as const;
    expect(csvLine({ ...EVENT, ...view, target: { selector: '=a', x: 0.5, y: 1, fixed: false } })).toMatch(
      /,\{\},view,v,0,1,2,"\{""selector"":""=a"",""x"":0\.5,""y"":1,""fixed"":false\}"\r\n$/,
    );
  });

  it.each(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'])(
    'a text that begins with %j is no formula to a spreadsheet',
    (first) => {
      const [cells] = parse(csvLine({ ...EVENT, user_id: `${first}cmd|' /C calc'!A0` }));
      expect(cells?.[2]).toBe(`'${first}cmd|' /C calc'!A0`);
    },
  );

  it('gives every text back, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const cells = parse(texts.map((text) => csvLine({ ...EVENT, user_agent: text })).join(''));
        expect(cells).toHaveLength(texts.length);
        expect(cells.map((line) => line[13]?.replace(/^'/, ''))).toEqual(texts.map((text) => text.replace(/^'/, '')));
      }),
    );
  });
});

describe('the Accept header', () => {
  it.each([
    [undefined, null],
    ['*/*', null],
    ['application/json', null],
    ['text/html', null],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8', 'text/csv'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/json;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0.5, application/json', null],
    ['text/csv;q=0, application/x-ndjson;q=0.1', 'application/x-ndjson'],
    ['text/csv;q=none', null],
    ['text/html,application/xhtml+xml,*/*;q=0.8', null],
  ])('%s', (accept, contentType) => {
    expect(exportFormatOf(accept, false)?.contentType.split(';')[0] ?? null).toBe(contentType);
  });
});
