import { join } from 'node:path';
import { eventually } from '../support/waiting.js';
import { alertAtEachFailpoint } from './alert-failpoints.js';
import { FAILPOINTS } from './fault-kinds.js';
import { OwnRun } from './own-run.js';
import { startArmed } from './replica.js';
import type { ScenarioResult } from './report.js';
import type { Random } from './random.js';
import { SmallDisk } from './small-disk.js';
import type { Stage } from './stage.js';

const WITHIN_MS = 60_000;
const STUCK_FOR_MS = 1_500;
const FULL_FOR_MS = 5_000;

/** The outcome of a scenario, in words, and by families of what was sent; or why it could not be played here. */
export type Shown = string | Pick<ScenarioResult, 'detail' | 'families'> | { readonly skipped: string };
export type Scenario = (stage: Stage, random: Random) => Promise<Shown>;

/** Each with topics and a database of its own; throws what went wrong. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'the process exits at each failpoint': exitAtEachFailpoint,
  'the first of two batches is stuck, the second committed, then the service is killed (Failover)': stuckBatch,
  'producer batches of 1,000 with one poison each': poisonedBatches,
  'half of it duplicates, and the topics replayed three times': replayedTopics,
  'disk full': diskFull,
};

/** Alert rules are judged each 15 s: these wait for that several times, so the short form leaves them out. */
export const LONG_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'the process exits at each failpoint of alerts': alertAtEachFailpoint,
};

async function exitAtEachFailpoint(stage: Stage, random: Random): Promise<Shown> {
  const own = await OwnRun.open(stage, random, { name: 'failpoints', subscriptionType: 'Shared' });
  const sending: Promise<unknown>[] = [];
  try {
    await own.service.kill();
    for (const [index, name] of FAILPOINTS.entries()) {
      // What the life before left undone is done in this one, until that ends at its own point.
      const answered = await startArmed(own.service, `${name}:exit`);
      // A week without a partition, for the one point that needs one.
      const week = Date.now() - (70 + 7 * index) * 86_400_000;
      sending.push(sendRounds(own, week), own.load.recordThrough(own.service.url));
      if (answered) await endAt(own, name);
    }
    await own.service.start();
    await Promise.all(sending);
    await own.settled();
    const { facts, deadLetters } = await own.mustBeClean();
    return `${FAILPOINTS.length} of ${FAILPOINTS.length} points: reached, and killed there; then all ${facts} events are there once, and ${deadLetters} dead letters`;
  } finally {
    await own.close();
  }
}

/** Small producer batches, events and poison, one of the events in another week. */
async function sendRounds(own: OwnRun, week: number): Promise<void> {
  for (let round = 0; round < 4; round++) {
    const events = Array.from({ length: 50 }, () => own.stream.event());
    await own.load.publish([...events, own.stream.event({ timestamp: week + round }), own.stream.poison()]);
  }
}

async function endAt(own: OwnRun, name: string): Promise<void> {
  if (name === 'in_drain') own.service.signal('SIGTERM');
  let signal: NodeJS.Signals | null;
  try {
    ({ signal } = await own.service.ended());
  } catch (error) {
    throw new Error(`${name} was not reached`, { cause: error });
  }
  if (signal !== 'SIGKILL') throw new Error(`${name}: ended otherwise: ${signal}`);
}

async function stuckBatch(stage: Stage, random: Random): Promise<Shown> {
  const own = await OwnRun.open(stage, random, { name: 'stuck' });
  try {
    await own.service.kill();
    const clicks = own.clicks(1_500);
    await own.publishInSmallBatches(clicks);
    const before = await stage.left(own.intake);
    await own.service.start({ FAILPOINT: 'before_begin:stall' });
    const committed = await eventually(async () => (await own.recorded()) || false, {
      within: WITHIN_MS,
      what: 'a later batch is committed',
    });
    await new Promise((resolve) => setTimeout(resolve, STUCK_FOR_MS));
    const left = await stage.left(own.intake);
    if (left !== before) throw new Error(`${before - left} entries were acknowledged over a batch that is stuck`);
    const recorded = await own.recorded();
    if (recorded >= clicks.length) throw new Error('no batch was stuck');
    await own.service.kill();
    await own.service.start();
    await own.settled();
    await own.mustBeClean();
    return `${committed} of ${clicks.length} committed behind a stuck batch, none acknowledged; after the kill all are there once`;
  } finally {
    await own.close();
  }
}

async function poisonedBatches(stage: Stage, random: Random): Promise<Shown> {
  const batches = 10;
  const own = await OwnRun.open(stage, random, { name: 'poisoned' });
  try {
    await own.service.kill(); // so that the broker's own figure tells how many batches the producer made
    for (let batch = 0; batch < batches; batch++) {
      const messages = own.clicks(999);
      messages.splice(random.below(999), 0, own.stream.poison());
      await own.load.publish(messages);
    }
    const entries = await stage.left(own.intake);
    await own.service.start();
    await own.settled();
    const { facts, deadLetters } = await own.mustBeClean();
    if (facts !== 999 * batches || deadLetters !== batches)
      throw new Error(`${facts} facts, ${deadLetters} dead letters`);
    return `${batches} × 1,000 published at once (${entries} producer batches at the broker): ${facts} recorded, ${deadLetters} dead letters`;
  } finally {
    await own.close();
  }
}

async function replayedTopics(stage: Stage, random: Random): Promise<Shown> {
  const own = await OwnRun.open(stage, random, { name: 'replayed', subscriptionType: 'Shared', duplicates: 0.5 });
  try {
    const messages = Array.from({ length: 10_000 }, () => own.stream.next());
    await own.load.publish(messages);
    await own.settled();
    const once = await own.mustBeClean();
    for (let replay = 1; replay <= 3; replay++) {
      await stage.resetSubscription(own.intake);
      const examined = async () => {
        const sum = Object.values(await own.service.counters()).reduce((total, count) => total + count, 0);
        if (sum < messages.length * (replay + 1)) throw new Error(`${sum} examined`);
      };
      await eventually(examined, { within: WITHIN_MS, what: `replay ${replay} is delivered` });
      await own.settled();
    }
    const after = await own.mustBeClean();
    const same = after.facts === once.facts && after.deadLetters === once.deadLetters;
    if (!same) throw new Error(`${JSON.stringify(once)} became ${JSON.stringify(after)}`);
    return `10,000 messages delivered four times: ${after.facts} events and ${after.deadLetters} dead letters, as after the first time`;
  } finally {
    await own.close();
  }
}

async function diskFull(stage: Stage, random: Random): Promise<Shown> {
  const disk = await SmallDisk.mount(join(stage.folder, 'small-disk'), stage.postgres.dataFolder);
  if ('unavailable' in disk) return { skipped: disk.unavailable };
  try {
    await stage.query(`create tablespace small location '${disk.tablespace}'`);
    const own = await OwnRun.open(stage, random, {
      name: 'disk_full',
      tablespace: 'small',
      subscriptionType: 'Shared',
    });
    try {
      await own.sendAndSettle(2_000);
      await disk.fill();
      await own.load.publish(Array.from({ length: 4_000 }, () => own.stream.event()));
      const resent = own.load.sent.resent;
      const posting = own.load.recordThrough(own.service.url);
      await eventually(() => own.load.sent.resent > resent, { within: WITHIN_MS, what: 'HTTP answers 503' });
      await new Promise((resolve) => setTimeout(resolve, FULL_FOR_MS));
      if ((await stage.left(own.intake)) === 0) throw new Error('all was acknowledged although the disk is full');
      await disk.empty();
      const from = performance.now();
      await posting;
      const resumed = Math.round(performance.now() - from);
      await own.settled();
      if (own.load.sent.wrong.length > 0) throw new Error(own.load.sent.wrong.join('; '));
      const { deadLetters } = await own.mustBeClean();
      return `HTTP 503 meanwhile, nothing given up, recorded again ${resumed} ms after space came back, ${deadLetters} dead letters, all of them poison`;
    } finally {
      await own.close();
      await stage.query('drop database disk_full');
    }
  } finally {
    // A crash replays the log from the last checkpoint: it must not look for the disk.
    await stage.query('drop tablespace if exists small');
    await stage.query('checkpoint');
    await disk.unmount();
  }
}
