import { heldBytes } from '../../../src/platform/pulsar/held-bytes.js';

describe('heldBytes', () => {
  it.each([
    ['the payload', { data: Buffer.alloc(300), key: null, properties: {} }, 300],
    ['the key', { data: Buffer.alloc(0), key: 'k'.repeat(40), properties: {} }, 40],
    ['properties, names and values', { data: Buffer.alloc(1), key: null, properties: { ab: 'x'.repeat(100) } }, 103],
  ])('counts %s', (_what, message, bytes) => expect(heldBytes(message)).toBe(bytes));
});
