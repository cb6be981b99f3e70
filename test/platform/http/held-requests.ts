import type { Socket } from 'node:net';
import { answerOn, connectTo, type RawAnswer, type SmallService, startSmallService } from './small-service.js';

/** A service that a test starts, and requests to it that are not sent to their end. */
export class HeldRequests {
  private service: SmallService | null = null;
  private sockets: Socket[] = [];

  async start(...what: Parameters<typeof startSmallService>): Promise<void> {
    this.service = await startSmallService(...what);
  }

  get port(): number {
    if (this.service === null) throw new Error('the test has started no service');
    return this.service.port;
  }

  /** Sends the head of a request on a connection of its own. */
  async open(head: string): Promise<Socket> {
    const socket = await connectTo(this.port, head);
    this.sockets.push(socket);
    return socket;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.service?.app.close();
    this.sockets = [];
    this.service = null;
  }
}

/** Those of each test of this `describe`. */
export function useHeldRequests(): HeldRequests {
  const requests = new HeldRequests();
  afterEach(() => requests.close());
  return requests;
}

/** Waits for the first answer among requests that are held. */
export async function firstAnswered(sockets: readonly Socket[]) {
  const answers = sockets.map((socket) => answerOn(socket));
  const first = await Promise.race(answers.map(async (answer, index) => ({ index, answer: await answer })));
  return { answers, first };
}

export const codeOf = ({ status, text }: RawAnswer) => [status, (JSON.parse(text) as { code?: string }).code];
