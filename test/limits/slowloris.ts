import { connect, type Socket } from 'node:net';
import { Agent } from 'node:http';
import { latencyOf, request } from '../bench/support/http-latency.js';
import { eventually } from '../support/waiting.js';
import { type Outcome, type Say, Stage } from './stage.js';

const BYTE_EVERY_MS = 1_000;
const MOST_TIMES = 2;

export interface Slowloris {
  readonly connections: number;
  /** The time of a round, once alone and once beside them. */
  readonly seconds: number;
  readonly rounds: number;
  /**
   * The mean delay of the event loop, milliseconds. 0: the machine is busy with other work, and no request may be turned
   * away for that.
   */
  readonly maxDelayMs: number;
}

export interface SlowlorisSeen {
  readonly aloneMs: readonly number[];
  readonly besideMs: readonly number[];
  /** Answers of the others that were not 200. */
  readonly refused: number;
  /** Fewest that were open while the others asked. */
  readonly fewestOpen: number;
  /** That the service ended, since their request was not whole in time. */
  readonly ended: number;
}

/** Requests that never end: of half of them the headers, of the others the body, a byte a second. Ended, each begins anew. */
class SlowClients {
  private readonly sockets = new Set<Socket>();
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;
  ended = 0;

  constructor(
    private readonly port: number,
    private readonly count: number,
  ) {}

  get open(): number {
    return [...this.sockets].filter((socket) => socket.readyState === 'open').length;
  }

  async start(): Promise<void> {
    for (let n = 0; n < this.count; n += 1) this.begin(n % 2 === 0);
    this.timer = setInterval(() => {
      for (const socket of this.sockets) if (socket.readyState === 'open') socket.write('a');
    }, BYTE_EVERY_MS);
    await eventually(() => this.open >= this.count * 0.99, { within: 30_000, what: 'the slow ones are connected' });
  }

  stop(): void {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
  }

  private begin(headersOnly: boolean): void {
    const socket = connect(this.port, '127.0.0.1', () => {
      const start = `POST /track HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\n`;
      const rest = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
      socket.write(headersOnly ? `${start}X-Slow: ` : start + rest);
    });
    this.sockets.add(socket);
    socket.on('error', () => undefined).resume();
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.stopping) return;
      this.ended += 1;
      this.begin(headersOnly);
    });
  }
}

/** So many connections with requests that never end, and what others have of it. */
export async function slowloris(
  { connections, seconds, rounds, maxDelayMs }: Slowloris,
  say: Say,
): Promise<SlowlorisSeen> {
  const stage = await Stage.open();
  try {
    const { url } = await stage.start({ MAX_EVENT_LOOP_DELAY_MS: String(maxDelayMs) });
    const seen = { aloneMs: [] as number[], besideMs: [] as number[], refused: 0, fewestOpen: Infinity, ended: 0 };
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}: alone`);
      seen.refused += await asked(url, seconds, seen.aloneMs);
      const slow = new SlowClients(Number(new URL(url).port), connections);
      await slow.start();
      say(`round ${round} of ${rounds}: beside ${slow.open} slow connections`);
      const look = setInterval(() => (seen.fewestOpen = Math.min(seen.fewestOpen, slow.open)), 250);
      seen.refused += await asked(url, seconds, seen.besideMs);
      clearInterval(look);
      seen.ended += slow.ended;
      slow.stop();
    }
    return seen;
  } finally {
    await stage.close();
  }
}

/** One after the other. @returns how many were not answered with 200 */
async function asked(url: string, seconds: number, times: number[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const end = performance.now() + seconds * 1000;
  let refused = 0;
  while (performance.now() < end) {
    const began = performance.now();
    const { status } = await request(agent, `${url}/metrics`).catch(() => ({ status: 0 }));
    times.push(performance.now() - began);
    if (status !== 200) refused += 1;
  }
  agent.destroy();
  return refused;
}

export function judge({ aloneMs, besideMs, refused, fewestOpen, ended }: SlowlorisSeen): Outcome {
  const [alone, beside] = [latencyOf(aloneMs), latencyOf(besideMs)];
  const times = beside.p99 / alone.p99;
  const figures = {
    'alone p50 / p99': `${alone.p50.toFixed(2)} / ${alone.p99.toFixed(2)} ms of ${alone.requests}`,
    'beside p50 / p99': `${beside.p50.toFixed(2)} / ${beside.p99.toFixed(2)} ms of ${beside.requests}`,
    'p99 by p99': times.toFixed(2),
    'not answered with 200': refused,
    'slow connections open, at least': fewestOpen,
    'slow connections that the service ended': ended,
  };
  const broken = [
    times <= MOST_TIMES ? '' : `the others' p99 is ${times.toFixed(2)} times what it is alone`,
    refused === 0 ? '' : `${refused} of the others were refused`,
  ];
  return { figures, broken: broken.filter((one) => one !== '') };
}
