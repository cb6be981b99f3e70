import fc from 'fast-check';
import { countCharacters, firstCharacters } from '../../../src/events/domain/characters.js';
import { excerpt } from '../../../src/events/domain/parsing/excerpt.js';
import { payloadText } from '../../../src/dead-letters/rest/payload-text.js';

/** Texts with pairs, halves of pairs and marks that join. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('😀', 'a', '\ud83d', '\ude00', 'é', 'e\u0301', '👨‍👩‍👧', '\ufe0f'), maxLength: 20 }),
);

describe('a character', () => {
  it('is a code point', () => {
    fc.assert(fc.property(text, (some) => expect(countCharacters(some)).toBe(Array.from(some).length)));
  });

  it('is never cut in half', () => {
    fc.assert(
      fc.property(text, fc.nat(30), (some, most) =>
        expect(firstCharacters(some, most)).toBe(Array.from(some).slice(0, most).join('')),
      ),
    );
  });

  it.each([
    ['an excerpt', '😀'.repeat(61), `"${'\\ud83d\\ude00'.repeat(30)}"... (61 characters)`],
    ['one of other planes', `x${'𝔸'.repeat(60)}`, `"x${'\\ud835\\udd38'.repeat(29)}"... (61 characters)`],
    ['one of the basic plane', 'ü'.repeat(61), `"${'\\u00fc'.repeat(60)}"... (61 characters)`],
  ])('%s counts them and cuts none', (_, sent, shown) => {
    expect(excerpt(sent)).toBe(shown);
  });

  it('payload_text holds 4,096 of them', () => {
    expect(payloadText(Buffer.from('😀'.repeat(5000)))).toBe('😀'.repeat(4096));
    expect(payloadText(Buffer.from(`x${'𝔸'.repeat(4096)}`))).toBe(`x${'𝔸'.repeat(4095)}`);
  });
});
