import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { type WebSocket, WebSocketServer } from 'ws';
import { textFrames } from '../../../../src/platform/pulsar/websocket/text-frames.js';
import { WebSocketSession } from '../../../../src/platform/pulsar/websocket/websocket-session.js';

/** Final, opcode 8; with its head, a mask and a code it has this many bytes. */
const CLOSE = 0x88;
const CLOSE_FRAME_BYTES = 8;

/** A session and its other end, a server of the library, which refuses what is no valid frame; and the bytes that it got. */
async function open() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const session = await new Promise<WebSocketSession>((resolve) => {
    const opening: WebSocketSession = new WebSocketSession({
      url: `ws://127.0.0.1:${port}`,
      token: null,
      ca: null,
      heartbeatMs: 60_000,
      onOpen: () => resolve(opening),
      onText: () => undefined,
    });
  });
  const [peer, { socket }] = (await connected) as [WebSocket, IncomingMessage];
  const bytes: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => bytes.push(chunk));
  const received: string[] = [];
  peer.on('message', (data: Buffer, isBinary) => received.push(isBinary ? 'binary' : data.toString()));
  return { session, bytes, received, server };
}

/** The messages that the other end has received when the session is over. */
async function sent(...bursts: readonly string[][]): Promise<string[]> {
  const { session, received, server } = await open();
  for (const texts of bursts) session.send(texts);
  session.close();
  await session.ended;
  server.close();
  return received;
}

test('texts of every kind of length arrive', async () => {
  const lengths = [0, 1, 3, 4, 5, 125, 126, 127, 65_535, 65_536, 65_537, 300_000];
  const texts = lengths.map((length) => 'abcdefg'.repeat(length / 7 + 1).slice(0, length));
  expect(await sent(texts)).toEqual(texts);
});

test('a length counts bytes, not characters; a lone surrogate becomes U+FFFD', async () => {
  const texts = ['é'.repeat(62), 'é'.repeat(63), '€'.repeat(21_846), '🙂'];
  expect(await sent([...texts, 'a\ud800b'])).toEqual([...texts, 'a\ufffdb']);
});

test('any texts arrive in order, burst after burst', async () => {
  const bursts = fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 300 })), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(bursts, async (some) => {
      expect(await sent(...some)).toEqual(some.flat());
    }),
    { numRuns: 30, seed: 31 },
  );
});

test('nothing follows the goodbye', async () => {
  const { session, bytes, received, server } = await open();
  session.send(['before']);
  session.close();
  session.send(['after']);
  await session.ended;
  server.close();
  expect(received).toEqual(['before']);
  expect(Buffer.concat(bytes).subarray(-CLOSE_FRAME_BYTES)[0]).toBe(CLOSE);
});

test('every frame has a mask of its own', () => {
  const count = 10_000;
  const frames = textFrames(Array.from({ length: count }, () => ''));
  const masks = new Set(Array.from({ length: count }, (_, place) => frames.readUInt32BE(place * 6 + 2)));
  expect(masks.size).toBeGreaterThan(count - 10);
});
