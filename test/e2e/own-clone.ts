import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

const ANSWERS_MS = 60_000;
const COPIED = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'deploy',
  'scripts',
  'src',
  'dist',
];
/** All of a system that `npm start` needs beside Node: npm runs scripts by `sh`, and `id` names the account of PostgreSQL. */
const PROGRAMS = { node: process.execPath, npm: whereIs('npm'), sh: whereIs('sh'), id: whereIs('id') };

/** A clone that is installed and built, on a machine without Docker and Java. */
export class OwnClone {
  private running: { child: ChildProcess; output: string; ended: number | string | null } | null = null;

  private constructor(
    private readonly folder: string,
    private readonly programs: string,
    private readonly port: number,
  ) {}

  /** Needs `npm run build`. Packages are links to this clone's: installing them again would take half a minute. */
  static async make(): Promise<OwnClone> {
    const folder = await temporaryFolder('clone');
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true, preserveTimestamps: true });
    await mkdir(join(folder, 'node_modules'));
    for (const name of await readdir('node_modules')) {
      if (!name.startsWith('.'))
        await symlink(join(process.cwd(), 'node_modules', name), join(folder, 'node_modules', name));
    }
    // The marks by which the scripts know that nothing is left to install or to build.
    for (const mark of ['node_modules/.package-lock.json', 'dist/.built']) await writeFile(join(folder, mark), '{}');

    const programs = join(await temporaryFolder('programs'), 'bin');
    await mkdir(programs);
    for (const [name, file] of Object.entries(PROGRAMS)) await symlink(file, join(programs, name));
    await chmod(programs, 0o755);
    return new OwnClone(folder, programs, await lastingPort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything the present `npm start` printed so far. */
  get output(): string {
    return this.running?.output ?? '';
  }

  /** `npm start`, until it answers. */
  async start(): Promise<void> {
    const child = spawn('npm', ['start'], {
      cwd: this.folder,
      env: {
        PATH: this.programs,
        HOME: this.folder,
        PORT: String(this.port),
        npm_config_update_notifier: 'false',
        MAX_EVENT_LOOP_DELAY_MS: '0', // a busy machine is no load
      },
      detached: true, // a process group, which is what a terminal sends Ctrl-C to
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = { child, output: '', ended: null as number | string | null };
    this.running = running;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (running.output += text));
    child.once('error', (error) => (running.ended = error.message));
    child.once('close', (code, signal) => (running.ended = code ?? signal));
    const answers = async () => running.ended !== null || (await fetch(`${this.url}/health/ready`)).ok;
    await eventually(answers, { within: ANSWERS_MS, what: 'npm start is ready' });
    if (running.ended !== null) throw new Error(`npm start ended (${running.ended}):\n${running.output}`);
  }

  /** As Ctrl-C in its terminal: to the whole process group. @returns the exit code of npm, when all of its output has ended */
  interrupt(within: number): Promise<number | string> {
    return this.end((pid) => process.kill(-pid, 'SIGINT'), within);
  }

  /** As a supervisor that knows npm alone. @returns as `interrupt` */
  terminate(within: number): Promise<number | string> {
    return this.end((pid) => process.kill(pid, 'SIGTERM'), within);
  }

  private async end(signal: (pid: number) => void, within: number): Promise<number | string> {
    const { running } = this;
    if (!running || running.ended !== null) throw new Error('npm start does not run');
    signal(running.child.pid!);
    await eventually(() => running.ended !== null, { within, what: `npm start ends:\n${running.output}` });
    return running.ended!;
  }

  /** Ends what a failed test left. */
  kill(): void {
    if (this.running?.ended === null) process.kill(-this.running.child.pid!, 'SIGKILL');
  }
}

function whereIs(program: string): string {
  const { stdout } = spawnSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  if (stdout.trim() === '') throw new Error(`${program} is not on PATH`);
  return stdout.trim();
}
