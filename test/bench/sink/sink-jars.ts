import { execFile } from 'node:child_process';
import { access, mkdtemp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const POM = join(process.cwd(), 'test/bench/sink/pom.xml');
const FOLDER = join(process.cwd(), '.data/bench/sink-4.0.7-4.0.8');
const CONNECTOR = 'pulsar-io-jdbc-postgres';
const CONNECTOR_VERSION = '4.0.8';

export interface SinkJars {
  readonly classPath: string;
  /** The connector as the runner takes it. */
  readonly archive: string;
}

const jarsOf = (folder: string): SinkJars => ({
  classPath: join(folder, 'lib/*'),
  archive: join(folder, `${CONNECTOR}.nar`),
});

/** Pulsar's runner of connectors and its JDBC sink for PostgreSQL: 270 MB, resolved by Maven on the first call. */
export async function ensureSinkJars(): Promise<SinkJars> {
  const there = await access(FOLDER).then(
    () => true,
    () => false,
  );
  if (there) return jarsOf(FOLDER);
  process.stderr.write("Pulsar's JDBC sink: resolving its jars with Maven (270 MB, once)\n");
  await mkdir(join(FOLDER, '..'), { recursive: true });
  const made = await mkdtemp(`${FOLDER}.partial-`);
  const maven = (...goal: string[]) => execute('mvn', ['-B', '-ntp', '-f', POM, ...goal], { maxBuffer: 64 * 2 ** 20 });
  await maven('dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${made}/lib`);
  const artifact = `org.apache.pulsar:${CONNECTOR}:${CONNECTOR_VERSION}`;
  await maven('dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${made}`);
  // It is published as .jar; the runner reads the kind of archive off its name.
  await rename(join(made, `${CONNECTOR}-${CONNECTOR_VERSION}.jar`), join(made, `${CONNECTOR}.nar`));
  await rename(made, FOLDER);
  return jarsOf(FOLDER);
}
