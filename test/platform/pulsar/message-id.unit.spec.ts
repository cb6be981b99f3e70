import fc from 'fast-check';
import { decodeMessageId, parseNativeMessageId } from '../../../src/platform/pulsar/message-id.js';

/** Protobuf as the definition says, independent of the decoder: field numbers and varints of MessageIdData. */
function encode(fields: readonly (readonly [field: number, value: bigint])[]): Buffer {
  const bytes: number[] = [];
  const varint = (value: bigint): void => {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  };
  for (const [field, value] of fields) {
    varint(BigInt(field << 3));
    varint(value);
  }
  return Buffer.from(bytes);
}

describe('decodeMessageId', () => {
  // Written by Pulsar 4.0.7 and its C++ client.
  it.each([
    ['CCEQACAHMDI=', '33:0:-1:7', 'batched'],
    ['CCkQABgBIAcwMg==', '41:0:1:7', 'batched, partition 1'],
    ['CCQQBzAA', '36:7:-1:-1', 'unbatched, by the WebSocket service (batch_size 0)'],
    ['CCQQBw==', '36:7:-1:-1', 'the same message by the C++ client'],
    ['CAMQADAA', '3:0:-1:-1', 'first entry of a ledger'],
    ['CC8QABgBMAA=', '47:0:1:-1', 'unbatched, partition 1'],
  ])('%s is %s: %s', (base64, identity) => {
    expect(decodeMessageId(base64)).toBe(identity);
    expect(decodeMessageId(Buffer.from(base64, 'base64'))).toBe(identity);
  });

  it('takes the outer fields of a chunked message, which are the last chunk', () => {
    const first = encode([
      [1, 339n],
      [2, 5n],
    ]);
    const bytes = Buffer.concat([
      encode([
        [1, 339n],
        [2, 6n],
      ]),
      Buffer.from([(7 << 3) | 2, first.length]),
      first,
    ]);
    expect(decodeMessageId(bytes)).toBe('339:6:-1:-1');
  });

  it('gives back every ledger, entry, partition and batch index', () => {
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const int32 = fc.integer({ min: -1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(uint64, uint64, int32, int32, (ledger, entry, partition, batchIndex) => {
        const bytes = encode([
          [1, ledger],
          [2, entry],
          [3, BigInt(partition)],
          [4, BigInt(batchIndex)],
        ]);
        expect(decodeMessageId(bytes)).toBe(`${ledger}:${entry}:${partition}:${batchIndex}`);
      }),
      { examples: [[2n ** 49n, 2n ** 53n + 1n, -1, 0]] },
    );
  });

  it.each([
    ['', 'ledger and entry are missing'],
    ['CCE=', 'ledger and entry are missing'],
    ['CCEQ', 'cut short'],
    ['CCEQADo=', 'cut short'],
    ['CCEQADoF', 'missing'],
    ['CCEQAAs=', 'wire type 3'],
    ['CP///////////////w8QAA==', 'too long'],
  ])('refuses %j: %s', (base64, says) => {
    expect(() => decodeMessageId(base64)).toThrow(says);
  });
});

describe('parseNativeMessageId', () => {
  it.each([
    ['(46,0,0,3)', '46:0:0:3'],
    ['(47,0,1,-1)', '47:0:1:-1'],
    ['(36,7,-1,-1)', '36:7:-1:-1'],
    ['(339,5,-1,-1);(339,6,-1,-1)', '339:6:-1:-1'],
    ['(9007199254740993,18446744073709551615,0,0)', '9007199254740993:18446744073709551615:0:0'],
  ])('%s is %s', (text, identity) => {
    expect(parseNativeMessageId(text)).toBe(identity);
  });

  it.each(['', '46:0:0:3', '(46,0,0)', '(-1,-1,-1,-1)', '(46,0,0,3) '])('refuses %j', (text) => {
    expect(() => parseNativeMessageId(text)).toThrow('not a message id');
  });
});
