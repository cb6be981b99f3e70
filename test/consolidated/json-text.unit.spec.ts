import fc from 'fast-check';
import { JsonText } from '../../src/consolidated/infrastructure/http/json-text.js';

/** Whether the whole of a text is one value, as the scanner sees it. */
function isJson(text: string): boolean {
  const json = new JsonText(text);
  try {
    return json.space(json.value(json.space(0))) === text.length;
  } catch {
    return false;
  }
}

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Signs that mean something in JSON, and some that do not. */
const SIGNS = [
  ...'{}[]:,"\\/bfnrtu0123456789abcdefABCDEF-+.eE \n\t\r',
  'true',
  'false',
  'null',
  '\u0000',
  '\u00a0',
  'é',
  '😀',
  '\ud800',
];

describe('a walk over JSON', () => {
  it('takes what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
        expect(isJson(space + text + space)).toBe(true);
        expect(isJson(JSON.stringify(JSON.parse(text), null, space))).toBe(true);
      }),
    );
  });

  it('refuses what JSON.parse refuses: texts with signs put in, taken out or changed', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...SIGNS)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.json(), edits, (json, changes) => {
        let text = json;
        for (const [where, taken, put] of changes) {
          const at = where % (text.length + 1);
          text = text.slice(0, at) + put + text.slice(at + taken);
        }
        expect([text, isJson(text)]).toEqual([text, isParsed(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what JSON.parse refuses: any signs at all', () => {
    const texts = fc.array(fc.constantFrom(...SIGNS), { maxLength: 12 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(texts, (text) => expect([text, isJson(text)]).toEqual([text, isParsed(text)])),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    '0x1',
    '-01',
    '1.e1',
    'NaN',
    'Infinity',
    'tru',
    'nul',
    '"\\x"',
    '"\\u12g4"',
    '"a',
    "'a'",
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{a:1}',
    '{"a"}',
    '{"a":}',
    '[}',
    '{]',
    '[1}',
    '"\n"',
    '',
    ' ',
    '[',
    '{"a":[',
    '\ufeff1',
    '1 2',
    '[1]]',
  ])('refuses %p', (text) => {
    expect(isParsed(text)).toBe(false);
    expect(isJson(text)).toBe(false);
  });

  it.each<[string, number]>([
    ['1', 0],
    ['[]', 1],
    ['{}', 1],
    ['{"a":[1,{}],"b":2}', 3],
    ['[[],[[]],[]]', 3],
    [`${'['.repeat(1_000)}${']'.repeat(1_000)}`, 1_000],
  ])('knows the levels of %#', (text, levels) => {
    const json = new JsonText(text);
    json.value(0);
    expect(json.levels).toBe(levels);
  });

  it.each(['['.repeat(4_000_000), '{"a":'.repeat(1_000_000), `${'['.repeat(1_002)}${']'.repeat(1_002)}`])(
    'refuses what is nested far too deep %#',
    (text) => expect(() => new JsonText(text).value(0)).toThrow('levels'),
  );

  it('makes the values that are neither lists nor objects', () => {
    const scalars = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(scalars, (value) => {
        const text = JSON.stringify(value);
        const json = new JsonText(`  ${text}`);
        expect(json.plain(2, json.value(2))).toEqual(JSON.parse(text));
      }),
    );
  });
});
