import fc from 'fast-check';
import { itemsAsSent } from '../../src/events/rest/items-as-sent.js';

const sent = (text: string) => itemsAsSent(Buffer.from(text), 'events').map(String);

describe('itemsAsSent', () => {
  it.each([
    ['{"events":[]}', []],
    ['{"events": [ {"a":1} ,\n{"b":[1,{"c":2}]}\t] }', ['{"a":1} ', '{"b":[1,{"c":2}]}\t']],
    ['{"events":[1,"x, ]",null,[2,3]]}', ['1', '"x, ]"', 'null', '[2,3]']],
    ['{"events":[1e400,1.10,"\\u00f1\\"\\\\"]}', ['1e400', '1.10', '"\\u00f1\\"\\\\"']],
    ['{"other":["events",{"events":[9]}],"ev\\u0065nts":[7]}', ['7']],
    ['{"events":[1],"events":[2,3]}', ['2', '3']],
    ['{"a":"events","b":[1]}', []],
    ['\ufeff{"events":[{"ñ":"é"}]}', ['{"ñ":"é"}']],
  ])('of %s', (text, items) => expect(sent(text)).toEqual(items));

  it('keeps bytes that are no UTF-8, and digits that JSON.parse would lose', () => {
    const body = Buffer.from('{"events":[{"a":"\xff"},{"b":0.10000000000000000001}]}', 'latin1');
    const [broken, digits] = itemsAsSent(body, 'events') as [Buffer, Buffer];
    expect(broken.equals(Buffer.from('{"a":"\xff"}', 'latin1'))).toBe(true);
    expect(digits.toString()).toBe('{"b":0.10000000000000000001}');
  });

  it('finds what JSON.parse finds, whatever stands around it', () => {
    const array = fc.array(fc.jsonValue(), { maxLength: 6 });
    fc.assert(
      fc.property(array, fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (events, other, indent) => {
        const items = sent(JSON.stringify({ before: other, events, after: [other] }, null, indent));
        expect(items.map((item) => JSON.parse(item) as unknown)).toEqual(JSON.parse(JSON.stringify(events)));
      }),
    );
  });
});
