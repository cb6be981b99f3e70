import type { CountDifference } from '../events/application/projections/projections.port.js';
import { verifyProjections } from '../events/application/projections/verify-projections.js';
import { PostgresProjections } from '../events/infrastructure/postgres/projections/postgres-projections.js';
import { grouped, maintenanceOptions, percent, ProgressLine, say, withConnection } from './maintenance.js';

export const HELP = `npm run verify [-- --hours 24]
Compares the counts that /metrics reads (event_counts_2s, event_counts_15m) with the recorded events, one slice at a
time, each in one snapshot: at any time, also while the service records. Ends at the first difference.
  --hours N   length of a slice, default 24
Exit code: 0 they agree, 1 they differ, 2 wrong options.`;

export async function run(args: readonly string[]): Promise<number> {
  const { sliceMs } = maintenanceOptions(args, 24);
  const progress = new ProgressLine();
  const { facts, difference } = await withConnection('verify', (client) =>
    verifyProjections(new PostgresProjections(client), sliceMs, ({ share, facts: compared }) =>
      progress.show(`verify: ${percent(share)}, ${grouped(compared)} events compared`),
    ),
  );
  progress.end();
  if (difference) {
    say(`DIFFERENT: ${described(difference)}`);
    say('`npm run rebuild` corrects the counts while the service runs.');
    return 1;
  }
  say(`The projections agree with ${grouped(facts)} events.`);
  return 0;
}

function described({ projection, bucket, eventType, label, expected, found }: CountDifference): string {
  const counts = (side: CountDifference['found']) => (side ? `n=${side.n} amount=${side.amount}` : 'no row');
  const where = `${projection} bucket=${new Date(bucket).toISOString()} event_type=${eventType} label='${label}'`;
  return `${where}: expected ${counts(expected)}, found ${counts(found)}`;
}
