import type { ServerResponse } from 'node:http';
import { LiveClient } from '../../src/live/rest/live-client.js';

/** A connection that takes nothing until it is told to. */
class SlowSocket {
  written: string[] = [];
  writableLength = 0;
  ended = false;
  write(bytes: Buffer): void {
    this.written.push(bytes.toString().slice(0, 20));
    this.writableLength += bytes.length;
  }
  destroySoon(): void {
    this.ended = true;
  }
}

describe('one connection to the live stream', () => {
  const setUp = (lastSeen: number | null = null) => {
    const socket = new SlowSocket();
    const response = {
      socket: socket as SlowSocket | null,
      destroyed: false,
      destroy: () => (response.destroyed = true),
    };
    const client = new LiveClient(response as unknown as ServerResponse, lastSeen);
    const tick = (now: number, frames = Buffer.from('new')) =>
      client.tick(
        now,
        frames,
        (seen) => Buffer.from(`state ${seen}`),
        (since) => Buffer.from(`gap ${since}`),
      );
    return { socket, response, client, tick };
  };

  it('first gets the state by what it has, then what is new', () => {
    const { socket, tick } = setUp(7);
    tick(1);
    tick(2);
    tick(3, Buffer.alloc(0));
    expect(socket.written).toEqual(['state 7', 'new']);
  });

  it('holds 64 kB at most: then nothing until it has read all, then one gap', () => {
    const { socket, tick } = setUp();
    const large = Buffer.alloc(30_000, 'x');
    for (let now = 1; now <= 6; now++) tick(now, large);
    expect(socket.written).toHaveLength(3);
    expect(socket.writableLength).toBeLessThanOrEqual(64 * 1024);
    socket.writableLength = 1;
    tick(7);
    expect(socket.written).toHaveLength(3);
    socket.writableLength = 0;
    tick(8);
    tick(9);
    expect(socket.written.slice(3)).toEqual(['gap 3', 'new']);
  });

  it('is told of a gap from where it was told last, also by ticks without anything new', () => {
    const { socket, tick } = setUp();
    tick(1);
    tick(2, Buffer.alloc(0));
    tick(3, Buffer.alloc(70_000, 'x'));
    socket.writableLength = 0;
    tick(4);
    expect(socket.written).toEqual(['state null', 'gap 2']);
  });

  it('behind another answer of its connection waits for its turn', () => {
    const { socket, response, client, tick } = setUp();
    response.socket = null;
    tick(1);
    client.beat(Buffer.from('beat'));
    response.socket = socket;
    tick(2);
    tick(3);
    expect(socket.written).toEqual(['state null', 'new']);
    response.socket = null;
    client.end(Buffer.from('bye'));
    expect(response.destroyed).toBe(true);
  });

  it('ends with a farewell where it reads, at once where it does not', () => {
    const reading = setUp();
    reading.client.end(Buffer.from('bye'));
    expect([reading.socket.written, reading.socket.ended, reading.response.destroyed]).toEqual([['bye'], true, false]);
    const stalled = setUp();
    stalled.tick(1);
    stalled.client.end(Buffer.from('bye'));
    expect([stalled.socket.ended, stalled.response.destroyed]).toEqual([false, true]);
  });
});
