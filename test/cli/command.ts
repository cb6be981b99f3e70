import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../support/run-folder.js';

export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `node dist/cli.js`, as an operator calls it in the image (`npm run build` first).
 *
 * @param interrupt as Ctrl-C does
 */
export async function command(
  args: readonly string[],
  env: Record<string, string> = {},
  interrupt?: AbortSignal,
): Promise<Ended> {
  const cwd = await temporaryFolder('command'); // where no .env is
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(process.cwd(), 'dist/cli.js'), ...args],
      { cwd, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
    interrupt?.addEventListener('abort', () => child.kill('SIGINT'));
  });
}
