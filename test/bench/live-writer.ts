import { Agent, request } from 'node:http';
import { v7 } from 'uuid';
import { benchEvent } from './support/bench-events.js';

/** Sends events at a fixed rate through POST /events, in time whatever the answers do; says how long each batch took to be recorded. */
const {
  url,
  rate,
  behind = 0,
} = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  rate: number;
  /** How far the service's clock is behind, milliseconds. */
  behind?: number;
};
const EVERY_MS = 20;

/** Since it was asked last. */
export interface Written {
  /** The lag of each batch that was recorded, milliseconds. */
  readonly lags: readonly number[];
  /** Batches that were turned away. */
  readonly refused: number;
}

const agent = new Agent({ keepAlive: true });
const begun = performance.now();
let lags: number[] = [];
let refused = 0;
let sent = 0;
let n = 0;

function send(due: number): void {
  const now = Date.now() - behind;
  const events = Array.from({ length: Math.round((rate * EVERY_MS) / 1000) }, () => {
    const { type, payload } = benchEvent((n += 1), now);
    return { ...payload, event_type: type, event_id: v7(), timestamp: now };
  });
  const headers = { 'content-type': 'application/json' };
  const asked = request(`${url}/events`, { method: 'POST', agent, headers }, (response) => {
    if (response.statusCode !== 200) refused += 1;
    else response.once('end', () => lags.push(performance.now() - due));
    response.resume();
  });
  asked.end(JSON.stringify({ events }));
}

setInterval(() => {
  // What is late is sent too, and its lag counts from when it was due.
  for (; begun + sent * EVERY_MS <= performance.now(); sent += 1) send(begun + sent * EVERY_MS);
}, EVERY_MS);
process.on('message', () => {
  process.send?.({ lags, refused } satisfies Written);
  lags = [];
  refused = 0;
});
process.on('disconnect', () => process.exit(0));
process.send?.('begun');
