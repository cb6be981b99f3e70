import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BROKER_FILES, LOG4J_XML, type PulsarPorts, standaloneConf } from './embedded-pulsar-configuration.js';

/** Everything that `javaArguments` names in the folder. */
export async function prepareFolder(
  folder: string,
  lib: string,
  ports: PulsarPorts,
  extraConfiguration: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of [BROKER_FILES.temporary, BROKER_FILES.lib])
    await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(join(folder, BROKER_FILES.temporary));
  await symlink(lib, join(folder, BROKER_FILES.lib), 'junction');
  await writeFile(join(folder, BROKER_FILES.settings), standaloneConf(ports, extraConfiguration));
  await writeFile(join(folder, BROKER_FILES.logging), LOG4J_XML);
}
