import { COMMAND, entryOf } from '../access/application/audit/audit.js';
import { PostgresAuditLog } from '../access/infrastructure/postgres/postgres-audit-log.js';
import { rebuildProjections } from '../events/application/projections/rebuild-projections.js';
import { PostgresProjectionRepair } from '../events/infrastructure/postgres/projections/postgres-projection-repair.js';
import { PostgresProjections } from '../events/infrastructure/postgres/projections/postgres-projections.js';
import { Clock } from '../platform/clock/clock.js';
import { grouped, maintenanceOptions, percent, ProgressLine, say, withConnection } from './maintenance.js';

export const HELP = `npm run rebuild [-- --hours 1] [--restart]
Makes the counts that /metrics reads (event_counts_2s, event_counts_15m) what the recorded events say, one slice at a
time, while the service records and serves. Interrupted, the next call goes on where it stopped.
  --hours N   length of a slice, default 1
  --restart   from the beginning, also when one was interrupted`;

export async function run(args: readonly string[]): Promise<number> {
  const { sliceMs, restart } = maintenanceOptions(args, 1);
  const progress = new ProgressLine();
  const done = await withConnection('rebuild', async (client) => {
    const projections = new PostgresProjections(client);
    const repair = await PostgresProjectionRepair.take(client, projections);
    const unfinished = restart ? null : await repair.unfinished();
    if (unfinished) say(`Going on at ${new Date(unfinished.position).toISOString()}.`);
    const rebuilt = await rebuildProjections(
      projections,
      repair,
      { sliceMs, restart },
      ({ start, position, end, facts, corrected }) =>
        progress.show(
          `rebuild: ${percent((position - start) / (end - start))}, ${grouped(facts)} events counted, ${grouped(corrected)} counts corrected`,
        ),
    );
    const deed = { actor: COMMAND, action: 'projections.rebuilt', details: { ...rebuilt } };
    await new PostgresAuditLog(() => client).append(entryOf(deed, new Clock().now()));
    return rebuilt;
  });
  progress.end();
  say(
    done
      ? `Rebuilt from ${grouped(done.facts)} events: ${grouped(done.corrected)} counts corrected.`
      : 'There are no events.',
  );
  return 0;
}
