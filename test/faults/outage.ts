import { readFile } from 'node:fs/promises';
import { eventually } from '../support/waiting.js';
import { OwnRun } from './own-run.js';
import type { Random } from './random.js';
import type { Shown } from './scenarios.js';
import type { Stage } from './stage.js';

/** Published a second meanwhile; together with what came before, far more than the service may hold. */
const RATE = 2_000;
const WARM_UP_EVENTS = 40_000;
const SETTLE_MS = 5_000;
const MOST_GROWTH_MB = 50;
const DRAIN_MS = 600_000;

/**
 * PostgreSQL killed and away, while producers go on: the service's memory must not grow by 50 MB over what it takes under
 * load, the broker keeps the backlog, and it drains when PostgreSQL is back, without a human.
 */
export async function postgresDown(stage: Stage, random: Random, minutes: number): Promise<Shown> {
  const own = await OwnRun.open(stage, random, { name: 'outage', subscriptionType: 'Shared' });
  try {
    await own.sendAndSettle(WARM_UP_EVENTS);
    const warm = await highestMemory(own.service.pid, SETTLE_MS, () => own.load.run(WARM_UP_EVENTS));
    await own.settled();
    await stage.postgres.kill();
    const before = own.load.sent.messages;
    const down = await highestMemory(own.service.pid, minutes * 60_000, () => publishAtRate(own, minutes * 60_000));
    const published = own.load.sent.messages - before;
    const left = await stage.left(own.intake);
    if (left === 0) throw new Error('the broker has no backlog');
    await stage.postgres.start();
    const from = performance.now();
    await eventually(async () => (await stage.left(own.intake)) === 0, {
      within: DRAIN_MS,
      what: 'the backlog drains',
    });
    const seconds = (performance.now() - from) / 1000;
    const { facts } = await own.mustBeClean();
    const growth = Math.round(down - warm);
    const seen = `${minutes} min without PostgreSQL, ${published} messages published meanwhile: memory ${Math.round(down)} MB at most, ${growth} MB over the load before; drained in ${Math.round(seconds)} s (${Math.round(published / seconds)}/s) by itself, ${facts} events, nothing lost, doubled or altered`;
    if (growth >= MOST_GROWTH_MB) throw new Error(seen);
    return seen;
  } finally {
    await own.close();
  }
}

async function publishAtRate(own: OwnRun, milliseconds: number): Promise<void> {
  const from = performance.now();
  for (let published = 0; performance.now() - from < milliseconds;) {
    const due = ((performance.now() - from) / 1000) * RATE - published;
    if (due < 100) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const size = Math.min(1_000, Math.floor(due));
    published += size;
    await own.load.publish(Array.from({ length: size }, () => own.stream.next()));
  }
}

/** The highest resident memory of a process while `work` goes on, and for `atLeast` milliseconds, in MB. */
async function highestMemory(pid: number, atLeast: number, work: () => Promise<void>): Promise<number> {
  let highest = 0;
  let running = true;
  const working = work().finally(() => (running = false));
  const from = performance.now();
  while (running || performance.now() - from < atLeast) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    highest = Math.max(highest, Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await working;
  return highest;
}
