import { spawnSync } from 'node:child_process';
import { describeWithPulsar } from './pulsar.js';

/** In a process of its own: a half-loaded addon must not stay in this one. */
function whyNoNativeClient(): string | null {
  const { status, stderr } = spawnSync(process.execPath, ['-e', 'require("pulsar-client")'], { encoding: 'utf8' });
  return status === 0 ? null : (/^\w*Error: .*$/m.exec(stderr)?.[0] ?? `exit ${status}`);
}

/** `describe` for tests that need the native library (and the broker). Without it they show as skipped, with the reason. */
export function describeWithNative(name: string, tests: () => void): void {
  const missing = whyNoNativeClient();
  if (missing === null) describeWithPulsar(name, tests);
  else describe.skip(`${name} (skipped: pulsar-client does not load: ${missing})`, tests);
}
