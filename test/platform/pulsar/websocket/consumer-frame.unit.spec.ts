import { randomBytes } from 'node:crypto';
import { readConsumerFrame } from '../../../../src/platform/pulsar/websocket/consumer-frame.js';

/** As the WebSocket service writes it, and what is in the message. */
function frame(data: Buffer, more: Record<string, unknown> = {}): Buffer {
  const fields = { messageId: 'CCEQACAAMDI=', payload: data.toString('base64'), properties: {}, key: 'k', ...more };
  return Buffer.from(JSON.stringify(fields));
}

describe('readConsumerFrame', () => {
  // Around the size from which the payload is decoded in place, and around the portions in which that is done.
  test.each([0, 1, 2, 3, 300, 12_000, 12_200, 24_575, 24_576, 24_577, 49_151, 49_152, 60_000, 5_232_640])(
    'a payload of %i bytes is read as it was sent',
    (length) => {
      const data = randomBytes(length);
      const text = frame(data, { properties: { a: 'ñ"\\' } });
      const { fields, data: read } = readConsumerFrame(text);
      expect(read.equals(data)).toBe(true);
      expect(fields).toMatchObject({ messageId: 'CCEQACAAMDI=', properties: { a: 'ñ"\\' }, key: 'k' });
    },
  );

  const large = randomBytes(50_000);

  it('is not misled by a property of that name, before or behind the payload', () => {
    const before = Buffer.from(
      JSON.stringify({ properties: { payload: 'none' }, messageId: 'x', payload: large.toString('base64') }),
    );
    for (const text of [before, frame(large, { properties: { payload: 'none', b: '"payload":"' } })]) {
      const { fields, data } = readConsumerFrame(text);
      expect(data.equals(large)).toBe(true);
      expect(fields.properties).toMatchObject({ payload: 'none' });
    }
  });

  it('takes a message that is all properties', () => {
    const { fields, data } = readConsumerFrame(
      frame(Buffer.alloc(0), { payload: null, properties: { a: 'x'.repeat(50_000) } }),
    );
    expect([data.length, fields.properties?.a?.length]).toEqual([0, 50_000]);
  });

  test.each(['not JSON', frame(large).subarray(0, 40_000), Buffer.concat([frame(large), Buffer.from('x')])])(
    'refuses what is not JSON, large or small',
    (text) => expect(() => readConsumerFrame(Buffer.from(text))).toThrow(SyntaxError),
  );
});
