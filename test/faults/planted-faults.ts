import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../support/waiting.js';
import type { FindingKind } from './audit.js';
import { OwnRun } from './own-run.js';
import { LEAKING, leaksCaught, plantLeaks } from './secrets/planted-leaks.js';
import type { Random } from './random.js';
import { queryOn, type Stage } from './stage.js';

const WITHIN_MS = 60_000;

export interface Planted {
  readonly fault: string;
  readonly expected: FindingKind | 'secret';
  readonly found: Readonly<Record<string, number>>;
  readonly caught: boolean;
}

/** An auditor that has caught nothing has shown nothing: faults, each planted into a database that was found clean, and services that say their secrets. */
export async function plantFaults(stage: Stage, random: Random, say: (line: string) => void): Promise<Planted[]> {
  const results: Planted[] = [];
  const add = (planted: Planted) => {
    results.push(planted);
    say(`planted: ${planted.fault}: ${planted.caught ? 'caught' : 'NOT CAUGHT'} (${JSON.stringify(planted.found)})`);
  };
  for (const planted of await plantInRows(stage, random)) add(planted);
  for (const mode of ['ack-first', 'ack-later-batch'] as const) add(await plantConsumer(stage, random, mode));
  return results;
}

/** A fact and its traces changed by hand, then put back. */
const CHANGES: readonly { fault: string; expected: FindingKind; plant: string; exactly?: FindingKind[] }[] = [
  {
    fault: 'an event dropped',
    expected: 'lost',
    plant: 'delete from events where (event_key, event_type) = (select event_key, event_type from victim)',
  },
  {
    fault: 'an event doubled',
    expected: 'doubled',
    plant: 'insert into events select * from victim',
  },
  {
    fault: 'an event altered',
    expected: 'altered',
    plant: `update events set page_url = page_url || '?' where (event_key, event_type) = (select event_key, event_type from victim)`,
  },
];

/** Its service is the one that says its secrets. */
async function plantInRows(stage: Stage, random: Random): Promise<Planted[]> {
  const secrets = stage.secrets.apart();
  const own = await OwnRun.open(stage, random, { name: 'planted_rows', secrets, env: LEAKING });
  const results: Planted[] = [];
  try {
    await own.sendAndSettle(2_000);
    await own.mustBeClean();
    for (const { fault, expected, plant } of CHANGES) {
      await queryOn(own.databaseUrl, 'create table victim as select * from events offset 1000 limit 1');
      await queryOn(own.databaseUrl, plant);
      const { counts } = await own.audit();
      results.push({ fault, expected, found: counts, caught: counts[expected] === 1 });
      await queryOn(
        own.databaseUrl,
        `delete from events where (event_key, event_type) = (select event_key, event_type from victim);
         insert into events select * from victim; drop table victim`,
      );
      await own.mustBeClean();
    }
    await plantLeaks(own.databaseUrl, secrets);
  } finally {
    await own.close();
  }
  return [...results, ...leaksCaught(secrets)];
}

/** A consumer that acknowledges what it should not, killed; then the service takes over what the broker still has. */
async function plantConsumer(stage: Stage, random: Random, mode: 'ack-first' | 'ack-later-batch'): Promise<Planted> {
  const own = await OwnRun.open(stage, random, { name: mode === 'ack-first' ? 'planted_first' : 'planted_later' });
  try {
    await own.service.kill();
    await own.publishInSmallBatches(own.clicks(1_000));
    const lost = await faultyConsumer(own.env, mode);
    await own.service.start();
    await own.settled();
    const { counts } = await own.audit();
    const fault = {
      'ack-first': 'acknowledged before COMMIT, then killed',
      'ack-later-batch': 'a later batch acknowledged cumulatively while an earlier one is in retry, then killed',
    }[mode];
    return { fault, expected: 'lost', found: counts, caught: (counts.lost ?? 0) > 0 && counts.lost! <= lost };
  } finally {
    await own.close();
  }
}

/** @returns how many messages it acknowledged without having stored them; of a producer batch that it acknowledged in part, all come again */
async function faultyConsumer(env: Record<string, string>, mode: string): Promise<number> {
  const script = join(import.meta.dirname, 'faulty-consumer.js');
  const child = fork(script, [mode], {
    execArgv: ['--enable-source-maps'],
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let lost: number | false = false;
  child.once('message', (count: number) => (lost = count));
  try {
    return await eventually(() => lost, { within: WITHIN_MS, what: 'the faulty consumer has acknowledged' });
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}
