import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../platform/config/config.js';
import * as catalogue from '../../slices.js';
import { DemoRegion } from './regions/demo-region.js';
import { tell } from './regions/story.js';

export const HELP = `npm run demo -- regions [options]

Starts two whole regions on this machine (two PostgreSQL, two Pulsar, two services), kills the first one under load, and shows
failover, return and merge in about a minute, with figures. Ctrl-C ends it, and all that it started. What docs/regions.md describes.

  --rate <n>       events per second of the client (default 200)
  --help           this text`;

const LIMITS = { least: 1, most: 2_000, usual: 200 };

/** @throws Error with the options that are wrong */
export async function run(args: readonly string[]): Promise<number> {
  const { rate } = parseRegionsOptions(args);
  const began = performance.now();
  const say = (line: string) => {
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`${String(seconds).padStart(4)} s  ${line}\n`);
  };
  const stopping = new AbortController();
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('ended')));
  const libFolder = join(resolve(loadConfig(Object.values(catalogue)).settings.DATA_DIR), 'pulsar-lib');
  const folder = await mkdtemp(join(tmpdir(), 'monitoreo-regions-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  const [a, b] = await DemoRegion.pair(folder, libFolder);
  try {
    await tell({ a, b, rate, say, signal: stopping.signal });
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return 0;
  } finally {
    say('Ending both regions.');
    await Promise.all([a.stop(), b.stop()]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @throws Error with the options that are wrong */
export function parseRegionsOptions(args: readonly string[]): { readonly rate: number } {
  const { least, most, usual } = LIMITS;
  const { values } = parseArgs({ args: [...args], options: { rate: { type: 'string', default: String(usual) } } });
  const rate = Number(values.rate);
  if (values.rate === '' || !Number.isInteger(rate) || rate < least || rate > most) {
    throw new Error(`--rate must be a whole number from ${least} to ${most}`);
  }
  return { rate };
}
