import { v7 } from 'uuid';
import { rebuildProjections } from '../../src/events/application/projections/rebuild-projections.js';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import { PostgresProjectionRepair } from '../../src/events/infrastructure/postgres/projections/postgres-projection-repair.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import type { EmbeddedPostgres } from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { AskedChild } from './support/asked-child.js';
import { latencyOf } from './support/http-latency.js';
import { asAdmin, connect, copyOf, type LoadedDatabase } from './support/reads-data.js';

const HOUR_MS = 3_600_000;
const BEFORE_MS = 10_000;

/** Both projections from nothing while events arrive: how long it takes, and how long one event waits for its answer meanwhile. */
export async function rebuildPart(server: EmbeddedPostgres, original: LoadedDatabase, rate: number): Promise<void> {
  const database = await copyOf(server, original);
  const service = AskedChild.start('reads-service.js', {
    databaseUrl: database.url,
    until: database.until,
    cacheMs: 0,
  });
  const { url } = await service.heard<{ url: string }>();
  const { now } = await service.ask<{ now: number }>();
  const writer = AskedChild.start('reads-writer.js', { url, rate, behind: Date.now() - now });
  const client = await connect(database.url);
  const projections = new PostgresProjections(client);

  let waits: number[] = [];
  let stop = false;
  const single = async () => {
    while (!stop) {
      const begun = performance.now();
      const event = { event_type: 'click', event_id: v7(), user_id: 'u' };
      const response = await fetch(`${url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events: [event] }),
      });
      if (response.status !== 200) throw new Error(`POST /events: ${response.status}`);
      await response.arrayBuffer();
      waits.push(performance.now() - begun);
    }
  };
  const asking = single();
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
  const before = waits;
  waits = [];
  await client.query('truncate event_counts_2s, event_counts_15m');
  const repair = await PostgresProjectionRepair.take(client, projections);
  const begun = performance.now();
  const done = await rebuildProjections(projections, repair, { sliceMs: HOUR_MS, restart: true }, ({ facts }) =>
    process.stderr.write(`\rrebuild: ${facts} events   `),
  );
  const rebuildSeconds = (performance.now() - begun) / 1000;
  const during = waits;
  const verifying = performance.now();
  const { difference, facts } = await verifyProjections(projections, 24 * HOUR_MS, () => undefined);
  const verifySeconds = (performance.now() - verifying) / 1000;
  stop = true;
  await asking;
  const { recorded, seconds } = await writer.ask<{ recorded: number; seconds: number }>();
  await writer.stop();
  await service.stop();
  await client.end();
  await asAdmin(server, `drop database ${database.name} with (force)`);
  const wait = (values: readonly number[]) => {
    const { p50, p99 } = latencyOf(values);
    return `${p50.toFixed(1)} / ${p99.toFixed(1)} / ${Math.max(...values).toFixed(0)}`;
  };
  process.stdout.write(
    [
      `\n| rebuild from nothing, ${database.rows / 1e6} M events, while ${Math.round(recorded / seconds)} events/s are recorded | |`,
      '| --- | --- |',
      `| rebuild | ${rebuildSeconds.toFixed(1)} s, ${Math.round((done?.facts ?? 0) / rebuildSeconds).toLocaleString('en-US')} events/s, ${done?.corrected} counts corrected |`,
      `| an event waits for its answer, p50 / p99 / longest ms: before | ${wait(before)} |`,
      `| … during the rebuild | ${wait(during)} |`,
      `| verify afterwards, a day at a time | ${verifySeconds.toFixed(1)} s for ${facts.toLocaleString('en-US')} events: ${difference ? 'DIFFERENT' : 'equal'} |`,
      '',
    ].join('\n'),
  );
}
