import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeAtLength } from '../../../support/at-length.js';
import { temporaryFolder } from '../../../support/run-folder.js';
import { eventually } from '../../../support/waiting.js';

/** About a minute on two idle cores. */
const WITHIN_MS = 400_000;

/** `npm run demo -- regions` (`npm run build` first), with its data where the test can look. */
describeAtLength('npm run demo -- regions', () => {
  let demo: ChildProcess;
  let folder: string;
  let said: string;

  beforeEach(async () => {
    folder = await temporaryFolder('demo');
    said = '';
    demo = spawn(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'demo', 'regions', '--rate', '100'], {
      cwd: folder, // where no .env is
      env: { ...process.env, TMPDIR: folder, DATA_DIR: join(process.cwd(), '.data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [demo.stdout!, demo.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
  });
  afterEach(() => void demo.kill('SIGKILL'));

  const ended = async () => {
    const [code] = (await once(demo, 'exit')) as [number | null];
    return code;
  };
  /** Command lines of processes that work in the demo's folder. */
  const left = async () => {
    const lines: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has just ended
      if (line.includes(folder)) lines.push(line);
    }
    return lines;
  };
  const onLinux = process.platform === 'linux' ? it : it.skip;

  it(
    'shows outage, failover, return and merge: both hold the same, nothing is missing or there twice',
    async () => {
      expect({ code: await ended(), said }).toEqual({
        code: 0,
        said: expect.stringContaining('the same ones.') as string,
      });
      expect(said).toMatch(/Of those that were confirmed 0 are missing, and 0 are there twice\./);
      expect(said).toMatch(/a holds ([\d,]+) events, b \1:/);
      expect(said).toMatch(/regions: down, a \(/);
      for (const region of ['a', 'b']) {
        expect(said).toMatch(new RegExp(`GET /regions of ${region}: conflicts 1: order-1001 .*(19.9|29.9) EUR`));
      }
    },
    WITHIN_MS,
  );

  onLinux(
    'ends with Ctrl-C, and leaves neither a process nor a file',
    async () => {
      await eventually(() => said.includes('kill -9'), { within: WITHIN_MS, what: 'region a is killed' });
      demo.kill('SIGINT');
      expect(await ended()).toBe(0);
      expect(await left()).toEqual([]);
      expect((await readdir(folder)).filter((name) => name.startsWith('monitoreo-regions-'))).toEqual([]);
    },
    WITHIN_MS,
  );
});
