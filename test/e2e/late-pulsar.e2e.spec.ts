import { execFile } from 'node:child_process';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runs } from '../../src/platform/running-process.js';
import { clickPayload, encoded } from '../support/events.js';
import { describeWithPulsar, publishTo } from '../support/pulsar.js';
import { temporaryFolder } from '../support/run-folder.js';
import type { RunningService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { expectDatabaseUp, healthOf, OwnDataFolder } from './own-data-folder.js';

const execute = promisify(execFile);
const LATE_START_MS = 90_000;
const TEST_MS = 240_000;

let data: OwnDataFolder;
beforeEach(async () => {
  data = await OwnDataFolder.make();
});
afterEach(() => data.kill());

describeWithPulsar('a Pulsar of our own that cannot start, or ends', () => {
  let programs: string;
  let real: string;

  beforeEach(async () => {
    await symlink(join(process.cwd(), '.data/pulsar-lib'), join(data.path, 'pulsar-lib')); // spares the download
    programs = await temporaryFolder('programs');
    const where = async (program: string) => (await execute('/bin/sh', ['-c', `command -v ${program}`])).stdout.trim();
    real = await where('java');
    await symlink(await where('id'), join(programs, 'id'));
  });

  const java = async (script: string) => {
    await writeFile(join(programs, 'java'), `#!/bin/sh\n[ "$1" = -version ] && exec ${real} "$@"\n${script}\n`);
    await chmod(join(programs, 'java'), 0o755);
  };
  const works = () => java(`exec ${real} "$@"`);

  const served = async (why: RegExp, printed: RegExp) => {
    const service = await data.start({ PATH: programs });
    expect(await healthOf(service)).toMatchObject({
      status: 'degraded',
      components: {
        postgresql: { status: 'up' },
        pulsar: { status: 'off', reason: expect.stringMatching(why) as string },
      },
    });
    await eventually(() => service.logs().includes(`monitoreo is ready on ${service.url}`), {
      within: 5_000,
      what: 'it says that it is ready',
    });
    expect(service.logs()).toMatch(printed);
    return service;
  };

  const isUp = (service: RunningService) =>
    eventually(async () => expect((await healthOf(service)).components.pulsar).toEqual({ status: 'up' }), {
      within: LATE_START_MS,
      what: 'Pulsar is up',
    });

  const records = async (service: RunningService, clicks: number) => {
    const webUrl = (await data.told()).pulsar_web_url as string;
    await publishTo(
      webUrl,
      'persistent://public/default/clicks',
      encoded(clickPayload({ timestamp: new Date().toISOString() })),
    );
    const counted = async () =>
      ((await (await fetch(`${service.url}/metrics?period=24h`)).json()) as { total_clicks: number }).total_clicks;
    await eventually(async () => expect(await counted()).toBe(clicks), {
      within: 20_000,
      what: 'the click is counted',
    });
  };

  const stops = async (service: RunningService) => {
    const broker = await data.broker();
    await data.stop(service);
    expect(await runs(broker.pid, ['java'])).toBe(false);
  };

  test(
    'because its JVM ends: HTTP is served, /health says why; when it can, it comes; killed, it comes again; its messages are recorded',
    async () => {
      await java(`echo 'no heap for this' >&2; exit 1`);
      const service = await served(/^Pulsar does not start: .*exit 1.*broker\.log/, /no heap for this/);
      await works();
      await isUp(service);
      await records(service, 1);

      const told = await data.told();
      process.kill((await data.broker()).pid, 'SIGKILL');
      await eventually(() => service.logs().includes('has ended, and is started again'), {
        within: LATE_START_MS,
        what: 'it is noticed',
      });
      await expectDatabaseUp(service);
      await isUp(service);
      expect((await data.told()).pulsar_web_url).toBe(told.pulsar_web_url);
      expect(service.logs()).not.toContain('another address');
      await records(service, 2);
      await stops(service);
    },
    TEST_MS,
  );

  test(
    'because Java is missing, then because its folder is a file, then because its jars are spoiled: the reason that holds now, until it comes',
    async () => {
      await writeFile(join(data.path, 'pulsar'), 'in the way');
      const service = await served(/^Pulsar cannot run here: .*Java 17 or newer is not installed/, /Java/);
      const reason = (why: RegExp) =>
        eventually(async () => expect((await healthOf(service)).components.pulsar?.reason).toMatch(why), {
          within: LATE_START_MS,
          what: String(why),
        });
      await works();
      await reason(/^Pulsar does not start: EEXIST|ENOTDIR/);

      const [lib, jars] = [join(data.path, 'pulsar-lib'), join(process.cwd(), '.data/pulsar-lib')];
      const spoil = 'rm "$1" "$3" && mkdir -p "$1" && cd "$2" && for f in *; do mkdir "$1/$f"; done';
      await execute('/bin/sh', ['-c', spoil, 'sh', lib, jars, join(data.path, 'pulsar')]);
      await reason(/^Pulsar does not start: .*exit 1.*broker\.log/);
      expect(await readFile(join(data.path, 'pulsar/broker.log'), 'utf8')).toContain('PulsarStandaloneStarter');

      await execute('/bin/sh', ['-c', 'rm -r "$1" && ln -s "$2" "$1"', 'sh', lib, jars]);
      await isUp(service);
      await records(service, 1);
      await stops(service);
    },
    TEST_MS,
  );
});
