import type { ServerResponse } from 'node:http';
import { LiveClient } from '../../src/live/rest/live-client.js';

/** A connection that takes nothing until it is told to. */
class SlowResponse {
  written: string[] = [];
  writableLength = 0;
  ended: string | null = null;
  destroyed = false;
  write(bytes: Buffer): void {
    this.written.push(bytes.toString().slice(0, 20));
    this.writableLength += bytes.length;
  }
  end(bytes: Buffer): void {
    this.ended = bytes.toString();
  }
  destroy(): void {
    this.destroyed = true;
  }
}

describe('one connection to the live stream', () => {
  const setUp = (lastSeen: number | null = null) => {
    const response = new SlowResponse();
    const client = new LiveClient(response as unknown as ServerResponse, lastSeen);
    const tick = (now: number, frames = Buffer.from('new')) =>
      client.tick(
        now,
        frames,
        (seen) => Buffer.from(`state ${seen}`),
        (since) => Buffer.from(`gap ${since}`),
      );
    return { response, client, tick };
  };

  it('first gets the state by what it has, then what is new', () => {
    const { response, tick } = setUp(7);
    tick(1);
    tick(2);
    tick(3, Buffer.alloc(0));
    expect(response.written).toEqual(['state 7', 'new']);
  });

  it('holds 64 kB at most: then nothing until it has read all, then one gap', () => {
    const { response, tick } = setUp();
    const large = Buffer.alloc(30_000, 'x');
    for (let now = 1; now <= 6; now++) tick(now, large);
    expect(response.written).toHaveLength(3);
    expect(response.writableLength).toBeLessThanOrEqual(64 * 1024);
    response.writableLength = 1;
    tick(7);
    expect(response.written).toHaveLength(3);
    response.writableLength = 0;
    tick(8);
    tick(9);
    expect(response.written.slice(3)).toEqual(['gap 4', 'new']);
  });

  it('ends with a farewell where it reads, at once where it does not', () => {
    const reading = setUp();
    reading.client.end(Buffer.from('bye'));
    expect([reading.response.ended, reading.response.destroyed]).toEqual(['bye', false]);
    const stalled = setUp();
    stalled.tick(1);
    stalled.client.end(Buffer.from('bye'));
    expect([stalled.response.ended, stalled.response.destroyed]).toEqual([null, true]);
  });
});
