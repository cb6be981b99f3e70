import { dirname, join, resolve } from 'node:path';
import { ensureClassArchive } from './embedded-pulsar-archive.js';
import { DockerPulsar, dockerAnswers, ensureImage } from './embedded-pulsar-docker.js';
import { ensureJars, missingForJava } from './embedded-pulsar-jars.js';
import { JavaPulsar } from './embedded-pulsar-java.js';

export interface EmbeddedPulsarOptions {
  /** The broker's data, log and configuration; made when missing. */
  readonly folder: string;
  /** The cache of Pulsar's jars; default `pulsar-lib` beside the folder. */
  readonly libFolder?: string;
  /** Taken when free (default 6650 and 8080), else free ones. */
  readonly preferredPorts?: { readonly broker: number; readonly web: number };
  /** Heap in MB, and as much direct memory; default 192. */
  readonly heapMb?: number;
  /** Default `c1`: quick to start; `c2` for benchmarks. */
  readonly jit?: 'c1' | 'c2';
  /** Further lines of standalone.conf, or other values for ours. */
  readonly extraConfiguration?: Readonly<Record<string, string>>;
  /** False: never Docker. Default: Docker when its daemon answers within 3 s, else Java. */
  readonly useDocker?: boolean;
  /** One line for the operator whenever there is news: a download takes minutes. */
  readonly progress: (line: string) => void;
  /** When it aborts, a JVM that is not ready yet is killed, and the start fails once that has ended. */
  readonly signal?: AbortSignal | undefined;
}

export interface EmbeddedPulsar {
  /** `pulsar://127.0.0.1:<port>` */
  readonly serviceUrl: string;
  /** `http://127.0.0.1:<port>`: admin REST and WebSocket. */
  readonly webUrl: string;
  /** True when the broker was running already. */
  readonly adopted: boolean;
  /** The process id of the JVM; null with Docker. */
  readonly pid: number | null;
  /**
   * Ends the broker and keeps its data: asks, and after `patienceMs` (default 6,000; a broker needs 5 to 8 s) kills it, by
   * which it loses no message, only positions of the last minute. Does nothing while another living process has it.
   */
  stop(patienceMs?: number): Promise<void>;
}

/** Says in one line what to install, or which variable to set. */
export interface PulsarUnavailable {
  readonly unavailable: string;
}

/**
 * A Pulsar standalone of our own: in Docker, else in a JVM with jars that Maven resolves.
 * Answers `unavailable` when this machine can do neither, or has no network for the first download.
 * @throws Error with the end of the broker's log, when it was started and did not become ready within 120 s.
 */
export async function startEmbeddedPulsar(options: EmbeddedPulsarOptions): Promise<EmbeddedPulsar | PulsarUnavailable> {
  const { progress, preferredPorts = { broker: 6650, web: 8080 }, heapMb = 384, jit = 'c1' } = options;
  const { extraConfiguration = {}, useDocker = true, signal } = options;
  const folder = resolve(options.folder);
  const libFolder = resolve(options.libFolder ?? join(dirname(folder), 'pulsar-lib'));
  const common = { folder, preferredPorts, heapMb, extraConfiguration };

  if (useDocker && (await dockerAnswers()) && (await imageIsThere(progress))) {
    const docker = await DockerPulsar.open(common);
    return {
      ...addresses(docker.ports),
      adopted: docker.adopted,
      pid: null,
      stop: (patienceMs) => docker.stop(patienceMs),
    };
  }
  const missing = await missingForJava(libFolder);
  if (missing !== null) {
    return {
      unavailable:
        `Pulsar cannot run here: there is no usable Docker, and ${missing}. ` +
        'Start Docker, or install Java 17+ and Maven, or set PULSAR_SERVICE_URL.',
    };
  }
  let lib: string;
  try {
    lib = await ensureJars(libFolder, progress);
  } catch (error) {
    return {
      unavailable: `${(error as Error).message.split('\n')[0]} (set PULSAR_SERVICE_URL to use a broker elsewhere).`,
    };
  }
  const classArchive = await ensureClassArchive(lib, progress);
  const java = await JavaPulsar.open({ ...common, lib, jit, classArchive, progress, signal });
  return {
    ...addresses(java.broker.ports),
    adopted: java.adopted,
    pid: java.broker.pid,
    stop: (patienceMs) => java.stop(patienceMs),
  };
}

async function imageIsThere(progress: (line: string) => void): Promise<boolean> {
  try {
    await ensureImage(progress);
    return true;
  } catch (error) {
    progress(`Pulsar: Docker could not pull its image, Java is next: ${(error as Error).message}`);
    return false;
  }
}

const addresses = (ports: { readonly broker: number; readonly web: number }) => ({
  serviceUrl: `pulsar://127.0.0.1:${ports.broker}`,
  webUrl: `http://127.0.0.1:${ports.web}`,
});
