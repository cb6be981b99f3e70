import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { choosePort } from '../../loopback-port.js';
import { ServerUsers } from '../../server-users.js';
import { JOURNAL_BUFFER_KB } from './embedded-pulsar-configuration.js';
import { isReady, waitUntilReady } from './embedded-pulsar-health.js';

const execute = promisify(execFile);
const IMAGE = 'apachepulsar/pulsar:4.0.7';
const ANSWER_WITHIN_MS = 3_000;
const READY_DEADLINE_MS = 120_000;
const LOG_TAIL_LINES = '20';

export interface DockerPulsarOptions {
  /** Names the container and its volume, by a hash: every clone has its own. */
  readonly folder: string;
  readonly preferredPorts: { readonly broker: number; readonly web: number };
  readonly heapMb: number;
  readonly extraConfiguration: Readonly<Record<string, string>>;
}

/** Whether a Docker daemon answers within three seconds. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    await execute('docker', ['info'], { timeout: ANSWER_WITHIN_MS, killSignal: 'SIGKILL' });
    return true;
  } catch (error) {
    const { code, killed } = error as { code?: unknown; killed?: boolean };
    if (code === 'ENOENT' || typeof code === 'number' || killed === true) return false;
    throw error;
  }
}

/** Pulls the image when it is missing (about 1 GB, once). @throws Error with Docker's words, e.g. without a network. */
export async function ensureImage(progress: (line: string) => void): Promise<void> {
  if ((await docker('images', '--quiet', IMAGE)) !== '') return;
  progress(`Pulsar: Docker pulls ${IMAGE} (about 1 GB, once)`);
  await docker('pull', '--quiet', IMAGE);
}

/** A Pulsar standalone in a container; its data is in a volume, so the container itself can go. */
export class DockerPulsar {
  private constructor(
    private readonly container: string,
    readonly ports: { readonly broker: number; readonly web: number },
    readonly adopted: boolean,
    private readonly users: ServerUsers,
  ) {}

  /** @throws Error with Docker's words, or with the end of the container's log. */
  static async open(options: DockerPulsarOptions): Promise<DockerPulsar> {
    const name = `monitoreo-pulsar-${createHash('sha256').update(options.folder).digest('hex').slice(0, 8)}`;
    const { server, users } = await ServerUsers.join(options.folder, async () => {
      const running = await runningPorts(name);
      const adopted = running !== null && (await isReady(`http://127.0.0.1:${running.web}`));
      return { ports: adopted ? running : await start(name, options), adopted };
    });
    return new DockerPulsar(name, server.ports, server.adopted, users);
  }

  /** Does nothing while another living process uses the broker. */
  async stop(patienceMs = 6_000): Promise<void> {
    await this.users.leave(async () => {
      await docker('stop', '--time', String(Math.ceil(patienceMs / 1000)), this.container);
    });
  }
}

async function start(name: string, options: DockerPulsarOptions): Promise<{ broker: number; web: number }> {
  await docker('rm', '--force', name);
  const ports = {
    broker: await choosePort(options.preferredPorts.broker),
    web: await choosePort(options.preferredPorts.web),
  };
  await docker(...runArguments(name, ports, options));
  const isUp = async () => (await runningPorts(name)) !== null;
  const outcome = await waitUntilReady(`http://127.0.0.1:${ports.web}`, READY_DEADLINE_MS, isUp);
  if (outcome !== 'ready') {
    const log = await docker('logs', '--tail', LOG_TAIL_LINES, name);
    throw new Error(`The Pulsar container is ${outcome}. The end of its log:\n${log}`);
  }
  return ports;
}

/**
 * Inside and outside the ports are the same, and the advertised address is 127.0.0.1: a client is sent to the address
 * that the broker advertises, and so is the broker's own WebSocket proxy.
 */
export function runArguments(
  name: string,
  ports: { readonly broker: number; readonly web: number },
  options: Pick<DockerPulsarOptions, 'heapMb' | 'extraConfiguration'>,
): string[] {
  const settings = {
    brokerServicePort: String(ports.broker),
    webServicePort: String(ports.web),
    advertisedAddress: '127.0.0.1',
    webSocketServiceEnabled: 'true',
    journalWriteBufferSizeKB: String(JOURNAL_BUFFER_KB),
    ...options.extraConfiguration,
  };
  const published = [ports.broker, ports.web].flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]);
  const memory = `PULSAR_MEM=-Xms64m -Xmx${options.heapMb}m -XX:MaxDirectMemorySize=${options.heapMb}m`;
  return [
    ...['run', '--detach', '--name', name, '--hostname', 'pulsar', ...published],
    ...['--volume', `${name}:/pulsar/data`, '--label', `monitoreo.ports=${ports.broker},${ports.web}`],
    ...[
      '--env',
      memory,
      ...Object.entries(settings).flatMap(([key, value]) => ['--env', `PULSAR_PREFIX_${key}=${value}`]),
    ],
    ...[
      IMAGE,
      'bash',
      '-c',
      'bin/apply-config-from-env.py conf/standalone.conf && exec bin/pulsar standalone -nfw -nss',
    ],
  ];
}

async function runningPorts(name: string): Promise<{ broker: number; web: number } | null> {
  const format = '{{.Label "monitoreo.ports"}}';
  const [broker, web] = (await docker('ps', '--filter', `name=^${name}$`, '--format', format)).split(',').map(Number);
  return broker && web ? { broker, web } : null;
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execute('docker', args);
  return stdout.trim();
}
