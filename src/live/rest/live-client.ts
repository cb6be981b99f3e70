import type { ServerResponse } from 'node:http';

/** A client with more unread bytes than this has stopped reading. It gets the present state instead of all that it missed. */
const MAX_WAITING_BYTES = 64 * 1024;

/**
 * One connection. Frames go to its socket as they are: an answer of Node's own costs several times as much for each, and there
 * are thousands. It is `fresh` until it has the state to start from, then `current`, and `stalled` while it does not read:
 *
 * | state | a tick | drained |
 * | --- | --- | --- |
 * | fresh | the state; current | |
 * | current | what is new; stalled when too much waits | |
 * | stalled | nothing | gap and state; current |
 */
export class LiveClient {
  /** PostgreSQL's time of the last tick that the client was told, epoch milliseconds; null: it waits for the state to start from. */
  private told: number | null = null;
  private stalled = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly lastSeen: number | null,
  ) {}

  /**
   * @param frames of this tick
   * @param state makes the frames that a new client begins with
   * @param resume makes the frames that a stalled client goes on with
   */
  tick(
    now: number,
    frames: Buffer,
    state: (lastSeen: number | null) => Buffer,
    resume: (told: number) => Buffer,
  ): void {
    const { socket } = this.response;
    if (socket === null) return; // the connection still has another answer in front of this one (pipelining)
    if (this.told === null) {
      socket.write(state(this.lastSeen));
    } else if (this.stalled) {
      if (socket.writableLength > 0) return;
      socket.write(resume(this.told));
      this.stalled = false;
    } else if (socket.writableLength + frames.length > MAX_WAITING_BYTES) {
      this.stalled = true;
      return;
    } else if (frames.length > 0) {
      socket.write(frames);
    }
    this.told = now;
  }

  /** Sends to a client that gets nothing else at the moment. */
  beat(bytes: Buffer): void {
    const { socket } = this.response;
    if (socket?.writableLength === 0) socket.write(bytes);
  }

  end(farewell: Buffer): void {
    const { socket } = this.response;
    if (socket === null || socket.writableLength > 0) {
      this.response.destroy();
      return;
    }
    socket.write(farewell);
    socket.destroySoon();
  }
}
