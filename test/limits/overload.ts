import { offer, type Told } from './open-load.js';
import { type Outcome, type Say, Stage } from './stage.js';

/** The time of each row in each of the two writers: together about 500 rows a second. */
const ROW_MS = 4;
const UNLOADED_RATE = 20;
/** A process that has just begun is compiled while it answers: that is another thing than to be overloaded. */
const WARM_UP = { rate: 500, seconds: 8 };
const FLOOR_MS = 50;
const MOST_MEMORY_MB = 512;

const SLOW = `
create function slow_row() returns trigger language plpgsql as
  $$ begin perform pg_sleep(${ROW_MS / 1000}); return new; end $$;
create trigger slow_row before insert on events for each row execute function slow_row()`;

export interface Overload {
  readonly rate: number;
  readonly seconds: number;
  readonly unloadedSeconds: number;
}

export interface OverloadSeen {
  readonly unloaded: Told;
  readonly loaded: Told;
  /** Events in the database of those that were acknowledged. */
  readonly recorded: number;
}

/** Ten times what a slow PostgreSQL can record: who is let in is answered as on a quiet day, the rest at once. */
export async function overload({ rate, seconds, unloadedSeconds }: Overload, say: Say): Promise<OverloadSeen> {
  const stage = await Stage.open();
  try {
    // Not by way of the proxy: it lives in this process, which is busy with offering.
    const { url, pid } = await stage.start({ DATABASE_URL: stage.postgres.url });
    say(`warming up: ${WARM_UP.rate} posts a second for ${WARM_UP.seconds} s, PostgreSQL as fast as it is`);
    await offer({ url, pid, ...WARM_UP }, 'warm');
    await stage.query(SLOW);
    say(`${UNLOADED_RATE} posts a second for ${unloadedSeconds} s`);
    const unloaded = await offer({ url, pid, rate: UNLOADED_RATE, seconds: unloadedSeconds }, 'quiet');
    const onSecond = ({ offered, acknowledged }: Told) => say(`${offered} offered, ${acknowledged.length} recorded`);
    const loaded = await offer({ url, pid, rate, seconds, onSecond }, 'busy');
    const [row] = await stage.query<{ n: number }>(
      'select count(distinct event_id)::int as n from events where event_id = any ($1)',
      [[...unloaded.acknowledged, ...loaded.acknowledged]],
    );
    return { unloaded, loaded, recorded: row!.n };
  } finally {
    await stage.close();
  }
}

export function judge({ unloaded, loaded, recorded }: OverloadSeen): Outcome {
  const acknowledged = unloaded.acknowledged.length + loaded.acknowledged.length;
  const bound = Math.max(2 * unloaded.admitted.p99, FLOOR_MS);
  const others = [...loaded.statuses.keys()].filter((status) => ![201, 429, 503].includes(status));
  const unexpected = [...loaded.codes.keys()].filter((code) => !['overloaded', 'too_many_requests'].includes(code));
  const broken = [
    loaded.admitted.p99 <= bound ? '' : `p99 of those let in ${ms(loaded.admitted.p99)}, above ${ms(bound)}`,
    recorded === acknowledged ? '' : `${acknowledged - recorded} acknowledged and not recorded`,
    others.length === 0 ? '' : `answers ${others.join(', ')}`,
    unexpected.length === 0 ? '' : `refused as ${unexpected.join(', ')}`,
    loaded.withoutRetryAfter === 0 ? '' : `${loaded.withoutRetryAfter} refused without Retry-After`,
    loaded.errors === 0 ? '' : `${loaded.errors} without an answer`,
    loaded.mostMemoryMb <= MOST_MEMORY_MB ? '' : `${loaded.mostMemoryMb.toFixed(0)} MB`,
    loaded.skipped === 0 ? '' : `${loaded.skipped} were not offered: the load was the slow part`,
  ];
  const figures = {
    'unloaded p50 / p99': `${ms(unloaded.admitted.p50)} / ${ms(unloaded.admitted.p99)}`,
    offered: loaded.offered,
    'let in and recorded': loaded.acknowledged.length,
    'let in p50 / p99': `${ms(loaded.admitted.p50)} / ${ms(loaded.admitted.p99)}`,
    bound: ms(bound),
    'of it before it was sent, p99 / delay of the event loop of the load, p99': `${ms(loaded.unsent.p99)} / ${ms(loaded.ownDelayMs)}`,
    'turned away': JSON.stringify(Object.fromEntries(loaded.codes)),
    'memory at most': `${loaded.mostMemoryMb.toFixed(0)} MB`,
    'acknowledged and not recorded': acknowledged - recorded,
  };
  return { figures, broken: broken.filter((one) => one !== '') };
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
