import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../../support/run-folder.js';

const execute = promisify(execFile);
const MODULE = pathToFileURL(join(process.cwd(), 'dist/platform/pulsar/embedded/embedded-pulsar-archive.js')).href;

/** A broker as far as this goes: it answers that it is ready on the port of its configuration, and ends when it is asked to. */
const READY = `
  import { readFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  const [, port] = /^webServicePort=(\\d+)$/m.exec(readFileSync('standalone.conf', 'utf8'));
  createServer((request, response) => response.end(request.url.endsWith('/health') ? 'ok' : '["public/default"]')).listen(port, '127.0.0.1');
  process.on('SIGTERM', () => process.exit(143));`;

/** PATH is that of the whole process, so the compiled module runs in another one, where `java` is a stand-in. */
describe('the class archive', () => {
  let folder: string;
  let lib: string;

  beforeEach(async () => {
    folder = await temporaryFolder('archive');
    lib = join(folder, 'libs/jars');
    await mkdir(lib, { recursive: true });
  });

  const ensureWith = async (body: string) => {
    await writeFile(join(folder, 'broker.mjs'), body);
    const script = `[ "$1" = -version ] && { echo 'openjdk version "21.0.1"' >&2; exit; }\necho started >>"${folder}/starts"\nexec node "${folder}/broker.mjs" "$@"`;
    await writeFile(join(folder, 'java'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'java'), 0o755);
    const asked = `import { ensureClassArchive } from '${MODULE}';
      const lines = [];
      const name = await ensureClassArchive(${JSON.stringify(lib)}, (line) => lines.push(line));
      console.log(JSON.stringify({ name, lines }));`;
    const PATH = [folder, dirname(process.execPath), '/bin', '/usr/bin'].join(':');
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', asked], { env: { PATH } });
    return JSON.parse(stdout) as { readonly name: string | null; readonly lines: readonly string[] };
  };
  const starts = async () => ((await stat(join(folder, 'starts')).catch(() => null))?.size ?? 0) / 'started\n'.length;

  test('is made once, by a broker that is started and ended, and nothing else stays', async () => {
    const writes = `${READY}
      import { writeFileSync } from 'node:fs';
      const option = process.argv.find((argument) => argument.startsWith('-XX:ArchiveClassesAtExit='));
      process.on('exit', () => writeFileSync(option.split('=')[1], process.env.LC_ALL));`;
    const first = await ensureWith(writes);
    expect(first.name).toMatch(/^classes-\w+\.jsa$/);
    expect(first.lines).toEqual(['Pulsar: preparing quicker starts (15 to 40 s, once)']);
    expect(await readdir(dirname(lib))).toEqual(['jars']);
    expect(await readdir(lib)).toEqual([first.name]);
    // In the locale of a container a JVM could not open a path beyond ASCII.
    expect(await readFile(join(lib, first.name!), 'utf8')).toBe('C.UTF-8');

    expect(await ensureWith(writes)).toEqual({ name: first.name, lines: [] });
    expect(await starts()).toBe(1);
  });

  test('a JVM that writes none is asked once', async () => {
    expect((await ensureWith(READY)).name).toBeNull();
    expect(await ensureWith(READY)).toEqual({ name: null, lines: [] });
    expect(await starts()).toBe(1);
  });

  test('a broker that does not become ready costs a line, leaves nothing, and is tried again at the next start', async () => {
    for (const start of [1, 2]) {
      const { name, lines } = await ensureWith('process.exit(1);');
      expect([name, lines[1]]).toEqual([null, expect.stringContaining('could not be prepared: the broker that was')]);
      expect([await readdir(dirname(lib)), await readdir(lib), await starts()]).toEqual([['jars'], [], start]);
    }
  });
});
