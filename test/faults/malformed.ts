import type { Outgoing } from './event-stream.js';
import { conflictFamily, type Family, LARGE_FAMILIES, SMALL_FAMILIES } from './malformed-families.js';
import { OwnRun } from './own-run.js';
import type { Random } from './random.js';
import type { FamilyCount } from './report.js';
import type { Shown } from './scenarios.js';
import { queryOn, type Stage } from './stage.js';

const BAD_TO_ONE_GOOD = 10;
/** Published in one turn, so that they share the producer's batches. */
const AT_ONCE = 500;
/** The share among all malformed ones: 26 MB of 100,000. */
const LARGE_SHARE = 0.001;
const TAKEN_IDS = 50;

/**
 * Messages that cannot be recorded, of every family the same number, among good ones. Each must be a dead letter with its
 * own bytes and the reason of its family, every good one must be recorded, and nothing may be left at the broker.
 */
export async function malformedMessages(stage: Stage, random: Random, count: number): Promise<Shown> {
  const own = await OwnRun.open(stage, random, { name: 'malformed', subscriptionType: 'Shared' });
  try {
    const taken = own.clicks(TAKEN_IDS);
    await own.load.publish(taken);
    await own.settled();
    const families = [...SMALL_FAMILIES, conflictFamily(taken.map(({ content }) => content!.eventId))];
    const largeOnes = Math.max(LARGE_FAMILIES.length, Math.round(count * LARGE_SHARE));
    const bad = [...instances(families, count - largeOnes), ...instances(LARGE_FAMILIES, largeOnes)];
    const from = performance.now();
    const neighbours = await publishAmongGood(own, random, bad.slice(0, count - largeOnes));
    for (const { message } of bad.slice(count - largeOnes)) await own.load.publish([message]);
    await own.settled();
    const seconds = (performance.now() - from) / 1000;
    if (own.load.sent.resent > 0) throw new Error(`${own.load.sent.resent} publishes were not confirmed`);
    const { facts } = await own.mustBeClean();
    if (facts !== taken.length + neighbours)
      throw new Error(`${facts} events for ${taken.length + neighbours} good messages`);
    const letters = await deadLetters(own);
    if (letters !== bad.length) throw new Error(`${letters} dead letters for ${bad.length} malformed messages`);
    const shown = [count, families.length + LARGE_FAMILIES.length, neighbours].map((n) => n.toLocaleString('en'));
    return {
      detail: `${shown[0]} malformed messages of ${shown[1]} families among ${shown[2]} good ones: each a dead letter with its bytes and reason, each neighbour recorded, nothing left at the broker, ${seconds.toFixed(1)} s`,
      families: counted(bad),
    };
  } finally {
    await own.close();
  }
}

interface Instance {
  readonly family: Family;
  readonly message: Outgoing;
}

function instances(families: readonly Family[], count: number): Instance[] {
  return Array.from({ length: count }, (_, n) => {
    const family = families[n % families.length]!;
    const payload = family.make(`malformed-${n}`, n);
    return { family, message: { type: family.type, payload, content: null, reason: family.reason } };
  });
}

/** @returns how many good ones stand between them */
async function publishAmongGood(own: OwnRun, random: Random, bad: readonly Instance[]): Promise<number> {
  let good = 0;
  for (let from = 0; from < bad.length; from += AT_ONCE) {
    const messages = bad.slice(from, from + AT_ONCE).map(({ message }) => message);
    const neighbours = Math.ceil(messages.length / BAD_TO_ONE_GOOD);
    for (let left = neighbours; left > 0; left -= 1)
      messages.splice(random.below(messages.length + 1), 0, own.stream.event());
    good += neighbours;
    await own.load.publish(messages);
  }
  return good;
}

async function deadLetters({ databaseUrl }: OwnRun): Promise<number> {
  const [row] = await queryOn<{ n: number }>(databaseUrl, 'select count(*)::int as n from dead_letters');
  return row!.n;
}

function counted(bad: readonly Instance[]): FamilyCount[] {
  const counts = new Map<Family, number>();
  for (const { family } of bad) counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].map(([{ name, reason, type }, count]) => ({ family: name, reason, type, count }));
}
