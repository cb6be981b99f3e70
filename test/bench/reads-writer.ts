import { v7 } from 'uuid';
import { benchEvent } from './support/bench-events.js';

/** Sends events at a rate, through POST /events in batches, until its parent ends it; says what was recorded. */
const { url, rate, behind } = JSON.parse(process.argv[2] ?? '{}') as { url: string; rate: number; behind: number };
const EVERY_MS = 100;
const MOST_IN_FLIGHT = 8;

let recorded = 0;
let skipped = 0;
let inFlight = 0;
let n = 0;
const begun = performance.now();

async function send(count: number): Promise<void> {
  inFlight += 1;
  const now = Date.now() - behind;
  const events = Array.from({ length: count }, () => {
    const { type, payload } = benchEvent((n += 1), now);
    return { ...payload, event_type: type, event_id: v7(), timestamp: now - (n % 3_000) };
  });
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  if (response.status !== 200) throw new Error(`POST /events: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  recorded += count;
  inFlight -= 1;
}

setInterval(() => {
  if (inFlight >= MOST_IN_FLIGHT) skipped += 1;
  else void send(Math.round((rate * EVERY_MS) / 1000));
}, EVERY_MS);
process.on('message', () => process.send?.({ recorded, skipped, seconds: (performance.now() - begun) / 1000 }));
process.on('disconnect', () => process.exit(0));
