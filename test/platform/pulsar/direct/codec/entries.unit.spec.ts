import fc from 'fast-check';
import { BatchReader, countSet } from '../../../../../src/platform/pulsar/direct/codec/batch-reader.js';
import { decodeMessage, encodeCommand, findCommand } from '../../../../../src/platform/pulsar/direct/codec/commands.js';
import { crc32c } from '../../../../../src/platform/pulsar/direct/codec/crc32c.js';
import { readAddress, readContent } from '../../../../../src/platform/pulsar/direct/codec/entry-reader.js';
import { FrameReader } from '../../../../../src/platform/pulsar/direct/codec/frame-reader.js';
import { ProtobufReader } from '../../../../../src/platform/pulsar/direct/codec/protobuf-reader.js';
import { ProtobufWriter } from '../../../../../src/platform/pulsar/direct/codec/protobuf-writer.js';
import type { OutgoingMessage } from '../../../../../src/platform/pulsar/message-broker.port.js';
import { contentOf, messageFrame, withMetadata } from './frames.js';

const reader = new ProtobufReader();

it('CRC-32C: the check value of the standard, and any split into eights', () => {
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa); // RFC 3720, B.4
  expect(crc32c(Buffer.from('..123456789..'), 2, 11)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(0), 0, 0)).toBe(0);
});

it('64-bit numbers keep every bit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const bytes = new ProtobufWriter().varint(value).written();
      expect(BigInt(reader.at(bytes, 0, bytes.length).uint64())).toBe(value);
    }),
  );
  const negative = new ProtobufWriter().varint(-1).written();
  expect(reader.at(negative, 0, negative.length).uint64()).toBe(2n ** 64n - 1n);
});

it('a command is what it was, and unknown fields are no matter', () => {
  const topic = 'persistent://public/default/é😀';
  const frame = encodeCommand('CommandSubscribe', { topic, consumer_id: 1, request_id: 300, initial_position: 1 });
  const place = findCommand(reader, frame, 4, frame.length)!;
  expect(place.type).toBe(4);
  expect(decodeMessage('CommandSubscribe', frame, place.start, place.end)).toEqual({
    topic,
    consumer_id: 1,
    request_id: 300,
    initial_position: 1,
  });
  expect(decodeMessage('CommandConsumerStats', frame, place.start, place.end)).toEqual({ consumer_id: 1 });
  expect(decodeMessage('CommandSubscribe', frame, place.start, place.end - 1)).toBeNull();
});

const frames = [
  encodeCommand('CommandPing', {}),
  messageFrame(contentOf([{ data: Buffer.from('one') }])),
  messageFrame(contentOf([{ data: Buffer.alloc(300, 'x') }, { data: Buffer.alloc(0) }])),
  encodeCommand('CommandSuccess', { request_id: 1 }),
];
const stream = Buffer.concat(frames);

it('a stream that is cut anywhere gives the same frames', () => {
  const expected = frames.map((frame) => frame.subarray(4).toString('hex'));
  const cut = (sizes: readonly number[]) => {
    const seen: string[] = [];
    const cutter = new FrameReader(10_000, (bytes, start, end) => seen.push(bytes.toString('hex', start, end)));
    let at = 0;
    for (const size of sizes) expect(cutter.push(stream.subarray(at, (at += size)))).toBeNull();
    expect(cutter.push(stream.subarray(at))).toBeNull();
    return seen;
  };
  for (let at = 0; at <= stream.length; at++) expect(cut([at])).toEqual(expected);
  expect(cut(Array.from(stream, () => 1))).toEqual(expected);
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (sizes) => expect(cut(sizes)).toEqual(expected)));
});

it('a frame that claims too much, or too little, ends the stream; a pause holds back what is there', () => {
  const heads = (size: number) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(size);
    return new FrameReader(10_000, () => undefined).push(head);
  };
  expect([heads(10_001), heads(3), heads(0xffffffff), heads(10_000)]).toEqual([10_001, 3, 0xffffffff, null]);
  const seen: number[] = [];
  const cutter = new FrameReader(10_000, (_bytes, start, end) => {
    seen.push(end - start);
    cutter.pause();
  });
  cutter.push(stream);
  const counts = [seen.length];
  for (let n = 0; n < 3; n++) {
    cutter.resume();
    counts.push(seen.length);
  }
  expect(counts).toEqual([1, 2, 3, 4]);
});

/** All that a consumer would see of a frame; null where it could not even be addressed. */
function see(frame: Buffer) {
  const place = findCommand(reader, frame, 4, frame.length);
  if (place === null || place.type !== 9) return null;
  const address = readAddress(frame, place.start, place.end);
  if (address === null) return null;
  const content = readContent(frame, place.rest, frame.length);
  if ('failed' in content) return { address, failed: content.failed };
  const { metadata, payload } = content;
  const messages: unknown[] = [];
  if (metadata.batchSize === null) messages.push(frame.toString('utf8', payload));
  else {
    const batch = new BatchReader(frame, payload, frame.length, metadata.batchSize, address.ackSet);
    const count = batch.countMessages();
    if (count === null) return { address, failed: 'batch' };
    while (batch.next()) {
      const { index, key, eventTime, properties, payloadStart, payloadEnd } = batch;
      messages.push({ index, key, eventTime, properties, data: frame.toString('utf8', payloadStart, payloadEnd) });
    }
    expect(messages).toHaveLength(count);
  }
  return { address, metadata, messages };
}

const outgoing: OutgoingMessage[] = [
  { data: Buffer.from('{"a":1}'), key: 'k', eventTime: 1_768_478_400_123, properties: { 7: 'x', é: '😀' } },
  { data: Buffer.alloc(0), properties: JSON.parse('{"__proto__":"kept"}') as Record<string, string> },
  { data: Buffer.from('last') },
];

describe('an entry', () => {
  it('by itself: its metadata and payload', () => {
    expect(see(messageFrame(contentOf([outgoing[0]!]), { ledger: 2n ** 60n, entry: 5 }))).toMatchObject({
      address: { ledger: 2n ** 60n, entry: 5, ackSet: null },
      metadata: { publishTime: 1_768_478_400_123, eventTime: 1_768_478_400_123, key: 'k', batchSize: null },
      messages: ['{"a":1}'],
    });
  });

  it('as a batch: every message with what it says of itself', () => {
    const seen = see(messageFrame(contentOf(outgoing)));
    expect(seen).toMatchObject({
      messages: [
        { index: 0, key: 'k', eventTime: 1_768_478_400_123, properties: { 7: 'x', é: '😀' }, data: '{"a":1}' },
        { index: 1, key: null, eventTime: 0, data: '' },
        { index: 2, key: null, properties: {}, data: 'last' },
      ],
    });
    const [, second] = seen!.messages as { properties: Record<string, string> }[];
    expect(Object.entries(second!.properties)).toEqual([['__proto__', 'kept']]);
  });

  it('as a batch of which a producer calls a message compacted away: it comes all the same', () => {
    const compacted = (data: string, ...more: number[]) => {
      const metadata = Buffer.from([0x18, data.length, ...more]);
      return Buffer.concat([Buffer.from([0, 0, 0, metadata.length]), metadata, Buffer.from(data)]);
    };
    const payload = Buffer.concat([compacted('one', 0x20, 1), compacted('two')]);
    const content = withMetadata(contentOf([{ data: payload }]), (writer) => writer.number(11, 2));
    expect(see(messageFrame(content))?.messages).toMatchObject([{ data: 'one' }, { data: 'two' }]);
  });

  it('of which a part is acknowledged: the rest', () => {
    const frame = messageFrame(contentOf(outgoing), { ackSet: [0b101] });
    expect((see(frame)!.messages as { index: number }[]).map(({ index }) => index)).toEqual([0, 2]);
    expect(countSet([0b101, -1n])).toBe(66);
  });

  it('with any bit flipped behind the checksum: found out', () => {
    const frame = messageFrame(contentOf(outgoing));
    const checksum = frame.indexOf(Buffer.from([0x0e, 0x01])) + 2;
    for (let at = checksum; at < frame.length; at++) {
      const flipped = Buffer.from(frame);
      flipped[at]! ^= 1 << (at & 7);
      expect(see(flipped)).toMatchObject({ failed: 'checksum' });
    }
  });
});

describe('a frame that was tampered with', () => {
  /** With a checksum that fits, or the rest would never be read. */
  const withoutChecksum = (frame: Buffer): Buffer => {
    const magic = frame.indexOf(Buffer.from([0x0e, 0x01]));
    const shorter = Buffer.concat([frame.subarray(0, magic), frame.subarray(magic + 6)]);
    shorter.writeUInt32BE(shorter.length - 4, 0);
    return shorter;
  };
  const originals = [[outgoing[0]!], outgoing].flatMap((messages) => {
    const frame = messageFrame(contentOf(messages));
    return [frame, withoutChecksum(frame)];
  });
  /** FUZZ_FRAMES: `npm run fuzz:frames` asks for a million. */
  const rounds = Number(process.env.FUZZ_FRAMES ?? 20_000);
  let seed = 20_261_126;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  const mutate = (frame: Buffer): Buffer => {
    const mutated = Buffer.from(frame);
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = 4 + random(mutated.length - 4);
      const kind = random(3);
      if (kind === 0) mutated[at] = random(256);
      else if (kind === 1) mutated[at] = 0xff;
      else mutated.copy(mutated, at, 4 + random(mutated.length - 4));
    }
    return random(4) === 0 ? mutated.subarray(0, 4 + random(mutated.length - 4)) : mutated;
  };

  it(`throws nothing and reads nothing beyond its end, ${rounds} times`, () => {
    for (let round = 0; round < rounds; round++) {
      const mutated = mutate(originals[round % originals.length]!);
      // What lies behind the frame differs; what is seen of it must not.
      const [one, other] = [0x00, 0xff].map((filling) => {
        const roomy = Buffer.alloc(mutated.length + 64, filling);
        mutated.copy(roomy);
        return seeWithin(roomy, mutated.length);
      });
      expect(one).toEqual(other);
    }
  }, 600_000);

  function seeWithin(bytes: Buffer, end: number): unknown {
    const place = findCommand(reader, bytes, 4, end);
    if (place === null) return null;
    const address = readAddress(bytes, place.start, place.end);
    const content = readContent(bytes, place.rest, end);
    decodeMessage('CommandSubscribe', bytes, place.start, place.end);
    if ('failed' in content) return [place, address, content.failed];
    const { metadata, payload } = content;
    const batch = new BatchReader(bytes, payload, end, Math.min(metadata.batchSize ?? 0, 1000), null);
    const indices: number[] = [];
    if (batch.countMessages() !== null) while (batch.next()) indices.push(batch.index, batch.payloadEnd, batch.size);
    expect(indices.every((index) => index <= end)).toBe(true);
    return [place, address, metadata, indices];
  }
});
