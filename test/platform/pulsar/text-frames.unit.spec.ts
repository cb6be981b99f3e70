import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrames } from '../../../src/platform/pulsar/text-frames.js';

/** A server of the library reads what is written to the bare socket of its client: it refuses what is no valid frame. */
async function sent(texts: readonly string[]): Promise<string[]> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const received: string[] = [];
  const all = new Promise<string[]>((resolve, reject) => {
    server.on('connection', (connection) => {
      connection.on('error', reject);
      connection.on('message', (data: Buffer, isBinary) => {
        if (isBinary) reject(new Error('a text arrived as binary'));
        if (received.push(data.toString()) === texts.length) resolve(received);
      });
    });
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('upgrade', ({ socket }) => client.on('open', () => socket.write(textFrames(texts), () => resolve())));
    });
    return await all;
  } finally {
    client.terminate();
    server.close();
  }
}

test('frames of every kind of length arrive as the texts they were made of', async () => {
  const lengths = [0, 1, 3, 4, 5, 125, 126, 127, 65_535, 65_536, 65_537, 300_000];
  const texts = lengths.map((length) => 'abcdefg'.repeat(length / 7 + 1).slice(0, length));
  expect(await sent(texts)).toEqual(texts);
});

test('a length counts bytes, not characters', async () => {
  const texts = ['é'.repeat(62), 'é'.repeat(63), '€'.repeat(21_846), '🙂'];
  expect(await sent(texts)).toEqual(texts);
});

test('any texts arrive in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1 }), async (texts) => {
      expect(await sent(texts)).toEqual(texts);
    }),
    { numRuns: 50, seed: 31 },
  );
});

test('every frame has a mask of its own', () => {
  const frames = textFrames(Array.from({ length: 100 }, () => ''));
  const masks = Array.from({ length: 100 }, (_, place) => frames.readUInt32BE(place * 6 + 2));
  expect(new Set(masks).size).toBeGreaterThan(95);
});

test('no text makes no bytes', () => {
  expect(textFrames([])).toHaveLength(0);
});
