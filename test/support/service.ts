import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { gather } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';
import { temporaryFolder } from './run-folder.js';
import { eventually } from './waiting.js';

const START_DEADLINE_MS = 30_000;

export interface RunningService {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** How it ended; pending while it runs. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
  /** Everything it printed so far. */
  logs(): string;
}

/**
 * The built service (`npm run build` first) as a process of its own, answering `/health/live`. Nothing of the caller's
 * environment or `.env` reaches its configuration; `env` does. Kill it in `afterEach`.
 */
export async function startService({
  env,
  within = START_DEADLINE_MS,
}: {
  env: Record<string, string>;
  /** Milliseconds until it must answer; default 30,000. */
  within?: number;
}): Promise<RunningService> {
  const port = env.PORT ?? String(await lastingPort());
  const folder = await temporaryFolder('service');
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/main.js')], {
    cwd: folder, // where no .env is
    env: {
      ...environmentOfTests(),
      DATA_DIR: join(folder, '.data'),
      // Test events have fixed dates: no test may fail because time went by.
      MAX_EVENT_AGE_DAYS: '36500',
      // A machine that is busy with other tests must not turn requests away.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      RECORD_QUEUE_MS: '300000',
      ...env,
      PORT: port,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => ended || (await fetch(`${url}/health/live`)).ok;
  try {
    await eventually(answers, { within, what: 'the service answers /health/live' });
    if (ended) throw new Error('the service ended while starting');
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
  return { url, pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal), logs: () => output };
}

function environmentOfTests(): NodeJS.ProcessEnv {
  const names = new Set(
    Object.entries(gather(Object.values(catalogue)).variables).flatMap(([name, variable]) => [
      name,
      ...variable.synonyms,
    ]),
  );
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name)));
}
