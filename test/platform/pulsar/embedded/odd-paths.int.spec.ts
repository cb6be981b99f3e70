import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../../src/platform/loopback-port.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../../../src/platform/pulsar/embedded/embedded-pulsar.js';
import { backlog, createSubscription, createTopic, describeWithPulsar, publishTo } from '../../../support/pulsar.js';
import { temporaryFolder } from '../../../support/run-folder.js';

const LIB = join(process.cwd(), '.data/pulsar-lib');
const SEVERAL_STARTS_MS = 120_000;

describeWithPulsar('a Pulsar of our own in a folder whose path holds', () => {
  let started: EmbeddedPulsar | undefined;
  afterEach(() => started?.stop(0));

  const start = async (folder: string) => {
    const ports = { broker: await freePort(), web: await freePort() };
    const options = { folder, libFolder: LIB, preferredPorts: ports, useDocker: false, progress: () => undefined };
    const pulsar = await startEmbeddedPulsar(options);
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    return (started = pulsar);
  };

  test.each([
    ['a blank', 'my clone'],
    ['what a URL reads as something else', '100%41 #1?a+b&c=d'],
    ['what a shell reads as something else', `'quoted' "twice" $HOME \`id\` $(id) \\back`],
    ['what separates lists: jars, folders, settings', 'a:b,c;d=e'],
    ['letters beyond ASCII', 'Señal 数据 ü'],
  ])(
    '%s: it keeps messages over a restart',
    async (_, name) => {
      const folder = join(await temporaryFolder('odd'), name, 'pulsar');
      await mkdir(folder, { recursive: true });
      const first = await start(folder);
      const topic = await createTopic({}, first.webUrl);
      await createSubscription(topic, 'kept', first.webUrl);
      await publishTo(first.webUrl, topic);
      expect((await start(folder)).adopted).toBe(true);
      await first.stop(0);
      const second = await start(folder);
      expect(second.adopted).toBe(false);
      expect(await backlog(topic, 'kept', second.webUrl)).toBe(1);
    },
    SEVERAL_STARTS_MS,
  );
});
