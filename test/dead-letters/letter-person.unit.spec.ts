import { EventSynonyms } from '../../src/events/domain/parsing/event-synonyms.js';
import { namesOfUser, personOfLetter, type WantedPersons } from '../../src/dead-letters/domain/letter-person.js';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const text = (value: string) => Buffer.from(value);

interface Parts {
  readonly payload: Buffer;
  readonly key?: string;
  readonly properties?: Record<string, string>;
  readonly envelope?: Buffer;
}

/** Whether the letter is the person's. */
const isOf = (
  userId: string,
  { payload, key, properties, envelope }: Parts,
  names: readonly string[] = ['user_id'],
) => {
  const letter = {
    payload,
    key: key === undefined ? null : text(key),
    properties: properties === undefined ? null : json(properties),
    envelope: envelope ?? null,
  };
  const wanted = { has: (id: string) => id === userId, idLengths: [Buffer.byteLength(userId)] };
  return found(personOfLetter(letter, names, wanted)) !== null;
};

/** With nobody to have a turn in between. */
function found(search: Generator<void, string | null>): string | null {
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** Nobody, and how often somebody is asked for. */
class Counted implements WantedPersons {
  asked = 0;

  constructor(readonly idLengths: readonly number[]) {}

  has(): boolean {
    this.asked += 1;
    return false;
  }
}

describe('whose a dead letter is', () => {
  it.each<[string, Parts, boolean]>([
    ['its user_id is theirs', { payload: json({ user_id: 'u3', x: 2 }) }, true],
    ['written with escapes', { payload: text('{"user_id":"\\u00753"}') }, true],
    ['another user_id, though its bytes hold theirs', { payload: json({ user_id: 'u4', by: 'u3' }) }, false],
    ['a CloudEvent', { payload: json({ specversion: '1.0', data: { user_id: 'u3' } }) }, true],
    [
      'a CloudEvent of somebody else',
      { payload: json({ specversion: '1.0', id: 'u3', data: { user_id: 'u4' } }) },
      false,
    ],
    [
      'a CloudEvent in base64',
      { payload: json({ specversion: '1.0', data_base64: json({ user_id: 'u3' }).toString('base64') }) },
      true,
    ],
    ['without a user_id: by its bytes', { payload: json({ userId: 'u3' }) }, true],
    ['no JSON: by its bytes', { payload: text('user=u3;') }, true],
    ['at the very beginning and end', { payload: text('u3') }, true],
    ['the beginning of another id', { payload: text('user=u30') }, false],
    ['the end of another id', { payload: text('user=xu3') }, false],
    ['a part of a word', { payload: text('_u3 3u3 u3_') }, false],
    ['later, after a longer one', { payload: text('u30,u3') }, true],
    ['no UTF-8', { payload: Buffer.concat([Buffer.from([0xff, 0x00]), text('u3'), Buffer.from([0xfe])]) }, true],
    ['cipher text with their id as key', { payload: Buffer.from([1, 2, 3]), key: 'u3' }, true],
    ['cipher text with their id as property', { payload: Buffer.from([1]), properties: { user: 'u3' } }, true],
    ['cipher text with their id in its envelope', { payload: Buffer.from([1]), envelope: text('\nu3\n') }, true],
    ['of somebody else, with their id as key', { payload: json({ user_id: 'u4' }), key: 'u3' }, false],
    ['nothing', { payload: Buffer.alloc(0) }, false],
  ])('%s', (_, parts, theirs) => {
    expect(isOf('u3', parts)).toBe(theirs);
  });

  it('an id that is no word, of many bytes, or a number', () => {
    expect(isOf('ana@example.com', { payload: text('<ana@example.com>') })).toBe(true);
    expect(isOf('ana@example.com', { payload: text('<juana@example.com>') })).toBe(false);
    expect(isOf('ñandú 7', { payload: text('{ñandú 7') })).toBe(true);
    expect(isOf('123', { payload: json({ user_id: 123 }) })).toBe(true);
    expect(isOf('123', { payload: json({ user_id: 1234 }) })).toBe(false);
  });

  it('however many words a letter has, others have their turn after some hundreds of candidates', () => {
    const wanted = new Counted([1, 3, 5, 7]);
    const payload = text('a,'.repeat(20_000));
    const search = personOfLetter({ payload, key: null, properties: null, envelope: null }, ['user_id'], wanted);
    const turns: number[] = [];
    for (let before = 0; !search.next().done; before = wanted.asked) turns.push(wanted.asked - before);
    expect(wanted.asked).toBeGreaterThan(79_900);
    expect(turns.length).toBeGreaterThan(100);
    expect(Math.max(...turns)).toBeLessThan(600);
  });

  it('a letter of one long word is interrupted as well', () => {
    const payload = Buffer.alloc(1_000_000, 'a');
    const letter = { payload, key: null, properties: null, envelope: null };
    const search = personOfLetter(letter, ['user_id'], new Counted([2]));
    expect([...search].length).toBeGreaterThanOrEqual(19);
  });

  it('what is no text is nobody’s id', () => {
    const wanted = new Counted([4]);
    const payload = Buffer.concat([Buffer.alloc(1_000, 0xff), text(' ñü '), Buffer.alloc(1_000, 0x80)]);
    expect(found(personOfLetter({ payload, key: null, properties: null, envelope: null }, ['user_id'], wanted))).toBeNull(); // prettier-ignore
    // `ñü` alone.
    expect(wanted.asked).toBe(1);
  });

  it('other names of user_id, those of the type of the topic', () => {
    const synonyms = EventSynonyms.parse('conversion.user_id=affiliate_id,user_id=customer');
    expect(namesOfUser('conversion', synonyms)).toEqual(['user_id', 'affiliate_id', 'customer']);
    expect(namesOfUser('sale', synonyms)).toEqual(['user_id', 'customer']);
    expect(namesOfUser(null, synonyms)).toEqual(['user_id', 'customer', 'affiliate_id']);
    expect(namesOfUser('sale', null)).toEqual(['user_id']);
    const payload = json({ affiliate_id: 'u3', referrer: 'u4' });
    expect(isOf('u3', { payload }, namesOfUser('conversion', synonyms))).toBe(true);
    expect(isOf('u4', { payload }, namesOfUser('conversion', synonyms))).toBe(false);
  });
});
