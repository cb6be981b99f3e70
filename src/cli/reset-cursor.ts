import { parseArgs } from 'node:util';
import { topicOf } from '../events/application/topic-of.js';
import { EVENT_TYPES } from '../events/domain/incoming-event.js';
import { InvalidTimeRange, TimeRange } from '../events/domain/time-range.js';
import { EVENTS_VARIABLES } from '../events/events.variables.js';
import { type Config, loadConfig } from '../platform/config/config.js';
import { AdminFailure } from '../platform/pulsar/admin/admin-api.js';
import { CursorReset, type Retention } from '../platform/pulsar/admin/cursor-reset.js';
import { adminApiFor } from '../platform/pulsar/broker-for.js';
import * as catalogue from '../slices.js';
import { say } from './maintenance.js';
import { NoBroker, withRunningBroker } from './running-broker.js';
import { UsageError } from './usage-error.js';

export const HELP = `npm run reset-cursor -- --to <time>
Lets Pulsar deliver again what was published from a moment on, to the subscription of all three topics, while the service
runs: after a standby was promoted that lacks the last events. What is recorded counts as duplicate, and nothing twice.
  --to TIME   RFC 3339 with offset
By default Pulsar keeps nothing that is acknowledged: it says first what each topic still holds, and refuses earlier times.
Exit code: 0 done, 1 refused, or Pulsar cannot be asked, 2 wrong options.`;

export async function run(args: readonly string[]): Promise<number> {
  const to = timeOf(args);
  try {
    return await reset(await withRunningBroker(loadConfig(Object.values(catalogue))), to);
  } catch (error) {
    if (!(error instanceof AdminFailure || error instanceof NoBroker)) throw error;
    say(error.message);
    return 1;
  }
}

async function reset(config: Config, to: number): Promise<number> {
  const api = adminApiFor(config);
  const { PULSAR_SUBSCRIPTION: subscription } = config.of(EVENTS_VARIABLES);
  try {
    const topics = EVENT_TYPES.map((type) => topicOf(type, config));
    const cursors = topics.map((topic) => new CursorReset(api, topic, subscription));
    let held = true;
    for (const [n, cursor] of cursors.entries()) {
      const oldest = await cursor.oldest();
      say(`${topics[n]}: ${holds(oldest)}; acknowledged messages are kept ${keeps(await cursor.retention())}`);
      held &&= oldest === null || oldest <= to;
    }
    if (!held) {
      say(
        `Refused: what was published from ${iso(to)} on is not all there. Choose a later time, or merge another region.`,
      );
      return 1;
    }
    for (const [n, cursor] of cursors.entries()) {
      const moment = await cursor.to(to);
      if (moment < to)
        say(`${topics[n]}: from ${iso(moment)} on, as older messages wait or ${iso(to)} is still to come`);
    }
    say(
      `Subscription ${subscription}: what was published from ${iso(to)} on is delivered again, and counted as duplicate where`,
    );
    say(
      'it is recorded: monitoreo_events_total{verdict="duplicate"} of /internal/metrics. lag_ms of /metrics says when it is done.',
    );
    return 0;
  } finally {
    api.close();
  }
}

const iso = (time: number) => new Date(time).toISOString();

const holds = (oldest: number | null) =>
  oldest === null ? 'holds nothing' : `holds what was published from ${iso(oldest)} on`;

function keeps({ minutes, megabytes }: Retention): string {
  if (minutes === 0 || megabytes === 0) return 'not at all by policy, at most for the rest of a ledger';
  const long = minutes < 0 ? 'for ever' : `for ${minutes} minutes`;
  return megabytes < 0 ? long : `${long}, ${megabytes} MB at most`;
}

/** @throws UsageError */
function timeOf(args: readonly string[]): number {
  try {
    const { values } = parseArgs({ args: [...args], options: { to: { type: 'string' } } });
    if (values.to === undefined) throw new Error('--to must be a time');
    return TimeRange.parseMoment(values.to, '--to');
  } catch (error) {
    if (error instanceof InvalidTimeRange) throw new UsageError(`--to ${error.errors[0]!.message}`);
    throw new UsageError((error as Error).message);
  }
}
