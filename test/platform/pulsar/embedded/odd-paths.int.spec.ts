import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lastingPort } from '../../../../src/platform/loopback-port.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../../../src/platform/pulsar/embedded/embedded-pulsar.js';
import {
  backlogAfterStart,
  createSubscription,
  createTopic,
  describeWithPulsar,
  publishTo,
} from '../../../support/pulsar.js';
import { temporaryFolder } from '../../../support/run-folder.js';

const LIB = join(process.cwd(), '.data/pulsar-lib');
const SEVERAL_STARTS_MS = 120_000;

describeWithPulsar('a Pulsar of our own in a folder whose path holds', () => {
  let started: EmbeddedPulsar | undefined;
  afterEach(() => started?.stop(0));

  const start = async (folder: string) => {
    const ports = { broker: await lastingPort(), web: await lastingPort() };
    const options = { folder, libFolder: LIB, preferredPorts: ports, useDocker: false, progress: () => undefined };
    const pulsar = await startEmbeddedPulsar(options);
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    return (started = pulsar);
  };

  /** One name for all, as a start takes the longest of this. */
  const NAME = [
    'my clone',
    '100%41 #1?a+b&c=d', // read as something else by a URL,
    `'quoted' "twice" $HOME \`id\` $(id) \\back`, // by a shell,
    'a:b,c;d=e', // by lists of jars, folders, settings
    'Señal 数据 ü',
  ].join(' ');

  test(
    'blanks, letters beyond ASCII, and what URLs, shells and lists read as something else: it keeps messages over a restart',
    async () => {
      const folder = join(await temporaryFolder('odd'), NAME, 'pulsar');
      await mkdir(folder, { recursive: true });
      const first = await start(folder);
      const topic = await createTopic({}, first.webUrl);
      await createSubscription(topic, 'kept', first.webUrl);
      await publishTo(first.webUrl, topic);
      expect((await start(folder)).adopted).toBe(true);
      await first.stop(0);
      const second = await start(folder);
      expect(second.adopted).toBe(false);
      expect(await backlogAfterStart(topic, 'kept', second.webUrl)).toBe(1);
    },
    SEVERAL_STARTS_MS,
  );
});
