import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Merge, Regions } from '../../../src/regions/application/answers/regions.answer.js';
import { eventually } from '../../support/waiting.js';
import type { Random } from '../random.js';
import type { Region } from './region.js';

const WITHIN_MS = 120_000;
/** An operator calls the command now and then. */
const BY_COMMAND = 0.2;
/** If a transaction held events back, the next merge brings the rest. */
const MOST_ROUNDS = 10;

export interface MergeDone {
  readonly into: string;
  readonly by: 'command' | 'route';
  readonly merged: number;
  readonly known: number;
  readonly conflicts: number;
  readonly below_floor: number;
  readonly milliseconds: number;
}

/** Begins a merge by the route, and does not wait for it. */
export async function beginMerge(into: Region, from: Region): Promise<void> {
  await into.ask('/regions/merge', { from: from.name });
}

/** Merges each region into the other, in this order, until nothing is held back. @throws Error when one does not come to its end */
export async function mergeBoth(order: readonly [Region, Region], random: Random): Promise<MergeDone[]> {
  const [first, second] = order;
  const done: MergeDone[] = [];
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const merges = [await merge(first, second, random), await merge(second, first, random)];
    done.push(...merges.map(({ done: one }) => one));
    if (merges.every(({ heldBack }) => !heldBack)) return done;
  }
  throw new Error(`after ${MOST_ROUNDS} merges each way something is still held back`);
}

/** One merge, to its end. */
export async function merge(
  into: Region,
  from: Region,
  random: Random,
  since?: string,
): Promise<{ done: MergeDone; heldBack: boolean }> {
  const by = random.next() < BY_COMMAND ? 'command' : 'route';
  const began = performance.now();
  const before = (await last(into))?.id;
  if (by === 'command') await command(into, from, since);
  else await throughRoute(into, from, since);
  const ended = async () => {
    const merged = await last(into);
    if (merged === undefined || merged.id === before || merged.state === 'running') return false;
    return merged;
  };
  const merged = await eventually(ended, { within: WITHIN_MS, what: `region ${into.name} has merged` });
  if (merged.state !== 'done') throw new Error(`a merge into ${into.name} ${merged.state}: ${merged.detail}`);
  const { known, conflicts, below_floor, rejected } = merged;
  if (rejected > 0) throw new Error(`a merge into ${into.name} rejected ${rejected} facts`);
  const milliseconds = Math.round(performance.now() - began);
  const done = { into: into.name, by, merged: merged.merged, known, conflicts, below_floor, milliseconds } as const;
  return { done, heldBack: merged.held_back_by !== null };
}

async function last(region: Region): Promise<Merge | undefined> {
  return (await region.ask<Regions>('/regions')).merges[0];
}

/** One that an outage interrupted may still be under way. */
async function throughRoute(into: Region, from: Region, since?: string): Promise<void> {
  await eventually(() => into.ask('/regions/merge', { from: from.name, since }), {
    within: WITHIN_MS,
    what: `a merge into ${into.name} begins`,
  });
}

async function command(into: Region, from: Region, since?: string): Promise<void> {
  const args = ['dist/cli.js', 'merge', '--from', from.name, ...(since === undefined ? [] : ['--since', since])];
  const env = { ...process.env, ...into.commandEnv(from) };
  await eventually(() => promisify(execFile)(process.execPath, args, { env }), {
    within: WITHIN_MS,
    what: `npm run merge in ${into.name}`,
  });
}
