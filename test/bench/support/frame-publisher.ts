import { once } from 'node:events';
import { WebSocket } from 'ws';
import { TOPICS } from './backlog.js';
import type { BenchPulsar } from './bench-servers.js';

/** A broker must be told this so that its WebSocket service takes messages of 5 MB: by default frames end at 1 MiB. */
export const LARGE_FRAMES = { webSocketMaxTextFrameSize: '16777216' };

interface Confirmation {
  readonly result?: string;
  readonly errorMsg?: string;
}

/**
 * Messages of any size that the broker takes, evenly over the topics, one after the other: our own publisher keeps to the
 * frames of a standard broker, and many large ones at once would fill a small broker's memory.
 */
export async function publishFrames(
  { webUrl }: BenchPulsar,
  count: number,
  make: (n: number) => Buffer,
): Promise<void> {
  const base = `${webUrl.replace('http', 'ws')}/ws/v2/producer/persistent/public/default`;
  const sockets = Object.values(TOPICS).map((topic) => new WebSocket(`${base}/${topic}`));
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    for (let n = 0; n < count; n += 1) {
      const socket = sockets[n % sockets.length]!;
      const confirmed = once(socket, 'message') as Promise<[Buffer]>;
      socket.send(JSON.stringify({ payload: make(n).toString('base64') }));
      const { result, errorMsg } = JSON.parse((await confirmed)[0].toString()) as Confirmation;
      if (result !== 'ok') throw new Error(`message ${n} was not taken: ${errorMsg}`);
    }
  } finally {
    for (const socket of sockets) socket.terminate();
  }
}
