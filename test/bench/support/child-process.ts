import { spawn, type ChildProcess } from 'node:child_process';

/** A process of the bench's own; its output goes nowhere unless it fails. */
export interface Child {
  readonly pid: number;
  stop(): Promise<void>;
}

export const startNode = (script: string, args: readonly string[], env: Readonly<Record<string, string>>): Child =>
  startProcess(process.execPath, [script, ...args], env);

export function startProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let stopping = false;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('close', (code) => {
    if (!stopping) process.stderr.write(`\n${program} ended with ${code}\n${errors}\n`);
  });
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

export async function until(what: string, withinMs: number, check: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await check().catch(() => false))) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
