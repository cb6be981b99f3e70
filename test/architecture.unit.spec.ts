import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const ROOT = process.cwd();
const LAW = '.dependency-cruiser.cjs';

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
    readonly totalCruised: number;
  };
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

interface Cruise {
  /** `rule: file`. */
  readonly broken: readonly string[];
  readonly cruised: number;
  /** Slices that depend on each other, by way of others too. */
  readonly entangled: readonly string[];
}

async function cruise(folder: string): Promise<Cruise> {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = promisify(execFile)(process.execPath, [cruiser, '--config', LAW, '--output-type', 'json', 'src'], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  // It exits with the number of errors, and prints its report all the same.
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
  const { summary, modules } = JSON.parse(stdout) as Report;
  return {
    broken: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
    cruised: summary.totalCruised,
    entangled: entangled(modules),
  };
}

/**
 * Not a rule of the cruiser: between files there need be no circle for slices to form one, and its folders are those that
 * hold the files (`events/domain`), not the slice around them.
 */
function entangled(modules: Report['modules']): string[] {
  const uses = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = sliceOf(source);
    if (from === null) continue;
    const used = uses.get(from) ?? new Set();
    for (const to of dependencies.map(({ resolved }) => sliceOf(resolved))) {
      if (to !== null && to !== from) used.add(to);
    }
    uses.set(from, used);
  }
  const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
    [...(uses.get(from) ?? [])].some(
      (next) => next === wanted || (!seen.has(next) && reaches(next, wanted, seen.add(next))),
    );
  return [...uses.keys()].filter((slice) => reaches(slice, slice)).sort();
}

/** Null: platform, a package, a command, or what boots the slices. */
const sliceOf = (file: string): string | null => /^src\/(?!platform\/|cli\/)([^/]+)\//.exec(file)?.[1] ?? null;

/** A violation of each rule, and of each part that a rule has: file → its imports. */
const PLANTED: Record<string, { file: string; imports: string }> = {
  'domain-is-pure': { file: 'src/events/domain/planted.ts', imports: `import '@nestjs/common';` },
  'application-names-no-adapter': {
    file: 'src/events/application/planted.ts',
    imports: `import '../infrastructure/postgres/adapter.js';`,
  },
  'application-names-no-adapter, a broker': {
    file: 'src/events/application/planted-broker.ts',
    imports: `import '../../platform/pulsar/broker.js';`,
  },
  'application-names-no-adapter, a database': {
    file: 'src/events/application/planted-database.ts',
    imports: `import '../../platform/postgres/database.js';`,
  },
  'application-names-no-adapter, a package of a broker': {
    file: 'src/events/application/planted-package.ts',
    imports: `import 'ws';`,
  },
  'application-names-no-adapter, a package of a database': {
    file: 'src/events/application/planted-type.ts',
    imports: `import type { Pool } from 'pg'; export type Planted = Pool;`,
  },
  'adapters-meet-inside': {
    file: 'src/events/infrastructure/pulsar/planted.ts',
    imports: `import '../postgres/adapter.js';`,
  },
  'adapters-meet-inside, from above the folders': {
    file: 'src/events/infrastructure/planted.ts',
    imports: `import './postgres/adapter.js';`,
  },
  'adapters-meet-inside, with rest': {
    file: 'src/events/infrastructure/postgres/planted.ts',
    imports: `import '../../rest/controller.js';`,
  },
  'rest-names-no-adapter': {
    file: 'src/events/rest/planted.ts',
    imports: `import '../infrastructure/postgres/adapter.js';`,
  },
  'slices-meet-inside': {
    file: 'src/metrics/infrastructure/planted.ts',
    imports: `import '../../events/infrastructure/postgres/adapter.js';`,
  },
  'platform-knows-no-slice': { file: 'src/platform/http/planted.ts', imports: `import '../../events/domain/rule.js';` },
  'only-modules-compose': { file: 'src/events/planted.ts', imports: `import './events.module.js';` },
  'slices-are-listed-once': { file: 'src/events/listed.ts', imports: `import './events.slice.js';` },
  'client-needs-nothing': { file: 'src/client/failover/planted.ts', imports: `import 'node:crypto';` },
  'no-circle': { file: 'src/events/back.ts', imports: `import './circle.js';` },
  'production-needs-no-dev-dependency': { file: 'src/events/dev.ts', imports: `import 'fast-check';` },
};
/** By themselves they break no rule. Between `alerts`, `funnels` and `journeys` there is no circle of files, and one of slices. */
const INNOCENT: Record<string, string> = {
  'src/events/infrastructure/postgres/adapter.ts': `import './beside.js';`,
  'src/events/infrastructure/postgres/beside.ts': 'export const beside = 1;',
  'src/events/rest/controller.ts': 'export const controller = 1;',
  'src/platform/pulsar/broker.ts': 'export const broker = 1;',
  'src/platform/postgres/database.ts': 'export const database = 1;',
  'src/alerts/application/watch.ts': `import '../../funnels/domain/step.js';`,
  'src/alerts/domain/rule.ts': 'export const rule = 1;',
  'src/funnels/application/steps.ts': `import '../../journeys/domain/path.js';`,
  'src/funnels/domain/step.ts': `import '../../events/domain/rule.js';`,
  'src/journeys/domain/path.ts': `import type { rule } from '../../alerts/domain/rule.js'; export type Path = typeof rule;`,
  'src/events/domain/rule.ts': `import '../../platform/broken-rule.js';`,
  'src/platform/broken-rule.ts': 'export const brokenRule = 1;',
  'src/events/events.module.ts': 'export const module = 1;',
  'src/events/events.slice.ts': `import './events.module.js';`,
  'src/slices.ts': `import './events/events.slice.js';`,
  'src/cli/verify.ts': `import '../slices.js';\nimport '../events/infrastructure/postgres/adapter.js';`,
  'src/events/circle.ts': `import './back.js';`,
};

describe('the import law', () => {
  it('holds', async () => {
    const { broken, cruised, entangled } = await cruise(ROOT);
    expect(broken).toEqual([]);
    expect(entangled).toEqual([]);
    expect(cruised).toBeGreaterThan(50);
  }, 120_000);

  describe('catches a planted violation of', () => {
    let folder: string;
    let planted: Cruise;

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
      planted = await cruise(folder);
    }, 120_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it.each(Object.entries(PLANTED))('%s', (rule, { file }) => {
      expect(planted.broken).toContain(`${rule.split(',')[0]}: ${file}`);
    });

    it('no circle of slices', () => {
      // One that only uses what is in the circle, or is used by it, is not in it.
      expect(planted.entangled).toEqual(['alerts', 'funnels', 'journeys']);
    });

    it('no other file', () => {
      const guilty = new Set(planted.broken.map((line) => line.split(': ')[1]));
      guilty.delete('src/events/circle.ts'); // the other half of the circle
      expect([...guilty].sort()).toEqual(
        Object.values(PLANTED)
          .map(({ file }) => file)
          .sort(),
      );
    });
  });
});

const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));

describe('the tree', () => {
  it('keeps platform a closed list', async () => {
    const entries = await readdir(join(ROOT, 'src/platform'), { withFileTypes: true });
    expect(entries.map((entry) => entry.name + (entry.isDirectory() ? '/' : '')).sort()).toEqual([
      'answer-schema.ts',
      'broken-rule.ts',
      'clock/',
      'config/',
      'durable-file.ts',
      'failpoint.ts',
      'heap-growth.ts',
      'housekeeping/',
      'http/',
      'loopback-port.ts',
      'observability/',
      'opaque-cursor.ts',
      'overloaded.ts',
      'platform.module.ts',
      'postgres/',
      'process-lock.ts',
      'pulsar/',
      'running-process.ts',
      'server-users.ts',
      'slice.ts',
      'turns/',
      'until-aborted.ts',
    ]);
  });

  it('has no file over 250 lines', async () => {
    const files = await filesOf('src');
    const lengths = await Promise.all(
      files.map(async (file) => [file, (await readFile(join(ROOT, file), 'utf8')).split('\n').length - 1] as const),
    );
    expect(lengths.filter(([, lines]) => lines > 250)).toEqual([]);
  });

  it('has no folder with more than 15 files of its own', async () => {
    const counts = new Map<string, number>();
    for (const file of await filesOf('src')) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, files]) => files > 15)).toEqual([]);
  });

  it('has scripts for any shell', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    // Windows runs them by cmd: Node, npm and programs of packages alone. `exec` is a word of sh, which exec.cmd makes one of cmd.
    const known = /^((exec node|node|npm run|tsc|eslint|prettier) [\w ./:-]+( && (?!$)|$))+$/;
    expect(Object.entries(scripts).filter(([, line]) => !known.test(line))).toEqual([]);
    expect(await readFile('exec.cmd', 'utf8')).toMatch(/^@%\*$/m);
    // What can run long is Node itself under npm, with no shell between that would keep signals from it.
    const long = Object.entries(scripts).filter(([name]) => !/^lint\b/.test(name));
    expect(long.filter(([, line]) => !line.startsWith('exec node '))).toEqual([]);
  });

  it('has no barrels and no rooms without a subject', async () => {
    const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
    expect(files.filter((file) => file.endsWith('/index.ts'))).toEqual([]);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|shared)\//.test(file))).toEqual([]);
  });
});
