import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = process.cwd();
const LAW = '.dependency-cruiser.cjs';

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

async function violations(folder: string): Promise<{ broken: string[]; cruised: number }> {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = promisify(execFile)(process.execPath, [cruiser, '--config', LAW, '--output-type', 'json', 'src'], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  // It exits with the number of errors, and prints its report all the same.
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
  const report = JSON.parse(stdout) as { summary: { violations: Violation[]; totalCruised: number } };
  return {
    broken: report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
    cruised: report.summary.totalCruised,
  };
}

/** One violation of each rule: file → its imports. */
const PLANTED: Record<string, { rule?: string; file: string; imports: string }> = {
  'domain-is-pure': { file: 'src/events/domain/planted.ts', imports: `import '@nestjs/common';` },
  'application-names-no-adapter': {
    file: 'src/events/application/planted.ts',
    imports: `import '../infrastructure/adapter.js';`,
  },
  'application-names-no-technology': {
    rule: 'application-names-no-adapter',
    file: 'src/events/application/technology.ts',
    imports: `import '../../platform/pulsar/topic.js';`,
  },
  'rest-names-no-adapter': { file: 'src/events/rest/planted.ts', imports: `import '../infrastructure/adapter.js';` },
  'slices-meet-inside': {
    file: 'src/metrics/infrastructure/planted.ts',
    imports: `import '../../events/infrastructure/adapter.js';`,
  },
  'platform-knows-no-slice': { file: 'src/platform/http/planted.ts', imports: `import '../../events/domain/rule.js';` },
  'only-modules-compose': { file: 'src/events/planted.ts', imports: `import './events.module.js';` },
  'slices-are-listed-once': { file: 'src/events/listed.ts', imports: `import './events.slice.js';` },
  'no-circle': { file: 'src/events/back.ts', imports: `import './circle.js';` },
  'production-needs-no-dev-dependency': { file: 'src/events/dev.ts', imports: `import 'fast-check';` },
};
const INNOCENT: Record<string, string> = {
  'src/events/infrastructure/adapter.ts': 'export const adapter = 1;',
  'src/events/domain/rule.ts': 'export const rule = 1;',
  'src/events/events.module.ts': 'export const module = 1;',
  'src/events/events.slice.ts': `import './events.module.js';`,
  'src/slices.ts': `import './events/events.slice.js';`,
  'src/platform/pulsar/topic.ts': 'export const topic = 1;',
  'src/cli/verify.ts': `import '../slices.js';\nimport '../events/infrastructure/adapter.js';`,
  'src/events/circle.ts': `import './back.js';`,
};

describe('the import law', () => {
  it('holds', async () => {
    const { broken, cruised } = await violations(ROOT);
    expect(broken).toEqual([]);
    expect(cruised).toBeGreaterThan(50);
  }, 120_000);

  describe('catches a planted violation of', () => {
    let folder: string;
    let broken: string[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'monitoreo-law-'));
      for (const file of [LAW, 'tsconfig.json', 'package.json']) await copyFile(join(ROOT, file), join(folder, file));
      await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      const files = {
        ...INNOCENT,
        ...Object.fromEntries(Object.values(PLANTED).map(({ file, imports }) => [file, imports])),
      };
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, file)), { recursive: true });
        await writeFile(join(folder, file), `${text}\n`);
      }
      ({ broken } = await violations(folder));
    }, 120_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it.each(Object.entries(PLANTED))('%s', (name, { rule = name, file }) => {
      expect(broken).toContain(`${rule}: ${file}`);
    });

    it('no other file', () => {
      const guilty = new Set(broken.map((line) => line.split(': ')[1]));
      guilty.delete('src/events/circle.ts'); // the other half of the circle
      expect([...guilty].sort()).toEqual(
        Object.values(PLANTED)
          .map(({ file }) => file)
          .sort(),
      );
    });
  });
});

describe('the tree', () => {
  it('keeps platform a closed list', async () => {
    const folders = (await readdir(join(ROOT, 'src/platform'), { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual([
      'clock',
      'config',
      'http',
      'observability',
      'postgres',
      'pulsar',
    ]);
  });

  it('has no file over 250 lines', async () => {
    const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
    const lengths = await Promise.all(
      files.map(
        async (file) => [file, (await readFile(join(ROOT, 'src', file), 'utf8')).split('\n').length - 1] as const,
      ),
    );
    // A list of codes is data.
    expect(lengths.filter(([file, lines]) => lines > 250 && file !== 'events/domain/currencies.ts')).toEqual([]);
  });

  it('has scripts for any shell', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    // Windows runs them by cmd: Node and programs of packages alone. `exec` is a word of sh, which exec.cmd makes one of cmd.
    const known = /^((exec node|node|tsc|eslint|prettier) [\w ./:-]+( && (?!$)|$))+$/;
    expect(Object.entries(scripts).filter(([, line]) => !known.test(line))).toEqual([]);
    expect(await readFile('exec.cmd', 'utf8')).toMatch(/^@%\*$/m);
    // What can run long is Node itself under npm, with no shell between that would keep signals from it.
    const long = Object.entries(scripts).filter(([name]) => !['build', 'lint'].includes(name));
    expect(long.filter(([, line]) => !line.startsWith('exec node '))).toEqual([]);
  });

  it('has no barrels and no rooms without a subject', async () => {
    const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
    expect(files.filter((file) => file.endsWith('/index.ts'))).toEqual([]);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|shared)\//.test(file))).toEqual([]);
  });
});
