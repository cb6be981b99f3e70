import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureJars } from '../../src/platform/pulsar/embedded/embedded-pulsar-jars.js';

/** Publishes a message without a value, as only the Java client can: the broker's WebSocket service fails at it. */
export async function publishTombstone(serviceUrl: string, topic: string): Promise<void> {
  const jars = await ensureJars(join(process.cwd(), '.data/pulsar-lib'), () => undefined);
  const program = join(process.cwd(), 'test/e2e/Tombstone.java');
  await promisify(execFile)('java', ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), program, serviceUrl, topic]);
}
