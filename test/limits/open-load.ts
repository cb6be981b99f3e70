import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { latencyOf } from '../bench/support/http-latency.js';
import { PostConnections } from './post-connections.js';

const TICK_MS = 5;
const CONNECTIONS = 512;
/** Beyond it the load itself would be what is slow: it is said, and not offered. */
const MOST_OPEN = 5_000;

export interface Load {
  readonly url: string;
  /** Posts a second, whatever becomes of those before. */
  readonly rate: number;
  readonly seconds: number;
  /** The process of the service, whose memory is looked at. */
  readonly pid: number;
  readonly onSecond?: (told: Told) => void;
}

/** The outcomes of the posts of a load. */
export class Told {
  offered = 0;
  /** Not sent, since too many were open. */
  skipped = 0;
  readonly statuses = new Map<number, number>();
  readonly codes = new Map<string, number>();
  /** The waits of requests that were let in, milliseconds since they were due. */
  readonly admittedMs: number[] = [];
  /** How long those of them were due before they were sent, since the load was late or had no connection free, milliseconds. */
  readonly unsentMs: number[] = [];
  /** The delay of the load's own event loop, at whose end an answer is read, milliseconds: the slowest hundredth. */
  ownDelayMs = 0;
  readonly acknowledged: string[] = [];
  /** Turned away without saying when to come again. */
  withoutRetryAfter = 0;
  errors = 0;
  mostMemoryMb = 0;

  get admitted() {
    return latencyOf(this.admittedMs);
  }

  get unsent() {
    return latencyOf(this.unsentMs);
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0;
  }
}

/** Clicks at a steady rate, each with an id of its own, over connections that stay open. */
export async function offer({ url, rate, seconds, pid, onSecond }: Load, name: string): Promise<Told> {
  const connections = new PostConnections(`${url}/track`, CONNECTIONS);
  const told = new Told();
  const ownDelay = monitorEventLoopDelay({ resolution: 1 });
  ownDelay.enable();
  let open = 0;
  let sent = 0;
  const from = performance.now();
  let second = 0;
  const underWay = new Set<Promise<void>>();
  while (performance.now() - from < seconds * 1000) {
    const due = Math.floor(((performance.now() - from) / 1000) * rate);
    for (; sent < due; sent += 1) {
      if (open >= MOST_OPEN) {
        told.skipped += 1;
        continue;
      }
      open += 1;
      told.offered += 1;
      const one = post(connections, `${name}-${sent}`, from + ((sent + 1) / rate) * 1000, told).finally(() => {
        open -= 1;
        underWay.delete(one);
      });
      underWay.add(one);
    }
    if (performance.now() - from > (second + 1) * 1000) {
      second += 1;
      told.mostMemoryMb = Math.max(told.mostMemoryMb, memoryMb(pid));
      onSecond?.(told);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  ownDelay.disable();
  told.ownDelayMs = ownDelay.percentile(99) / 1e6;
  told.mostMemoryMb = Math.max(told.mostMemoryMb, memoryMb(pid));
  connections.close();
  return told;
}

async function post(connections: PostConnections, eventId: string, due: number, told: Told): Promise<void> {
  const body = JSON.stringify({ event_id: eventId, user_id: 'u', page_url: '/', x: 0.5, y: 0.5 });
  try {
    const { status, head, body: text, sentAt } = await connections.post(body);
    told.statuses.set(status, told.count(status) + 1);
    if (status === 201) {
      told.admittedMs.push(performance.now() - due);
      told.unsentMs.push(Math.max(0, sentAt - due));
      told.acknowledged.push(eventId);
      return;
    }
    const { code = 'none' } = JSON.parse(text || '{}') as { code?: string };
    told.codes.set(code, (told.codes.get(code) ?? 0) + 1);
    if (!/\r\nretry-after: [1-9]/i.test(head)) told.withoutRetryAfter += 1;
  } catch {
    told.errors += 1;
  }
}

/** Resident, now. */
const memoryMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
