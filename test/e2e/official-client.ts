import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OwnIntake } from './own-intake.js';

/** Installed once per clone, for tests alone. */
const PACKAGES = join(process.cwd(), '.data/python-pulsar');
const PRODUCER = join(process.cwd(), 'test/e2e/produce.py');
const PYTHON = 'python3';

const environment = { ...process.env, PYTHONPATH: PACKAGES };

/**
 * Pulsar's official Python client, installed when it is not there yet.
 * @returns why it cannot be had here; null when it can. @throws Error instead when CI=true
 */
export function officialClientMissing(): string | null {
  const imports = () => spawnSync(PYTHON, ['-c', 'import pulsar'], { env: environment }).status === 0;
  if (imports()) return null;
  const install = ['-m', 'pip', 'install', '--quiet', '--target', PACKAGES, 'pulsar-client'];
  const { error, stderr } = spawnSync(PYTHON, install, { encoding: 'utf8' });
  if (imports()) return null;
  const reason = error?.message ?? (stderr.trim().split('\n').at(-1) || 'pulsar-client does not import');
  if (process.env.CI === 'true') throw new Error(`the official Python client is missing: ${reason}`);
  return reason;
}

/** Runs the producer script once; resolves when the broker has confirmed every message. */
export async function produceOfficially(intake: OwnIntake, firstAt: number): Promise<void> {
  const { click, conversion, sale } = intake.topics;
  const args = [PRODUCER, intake.pulsar.serviceUrl, click, conversion, sale, String(firstAt)];
  await promisify(execFile)(PYTHON, args, { env: environment });
}
