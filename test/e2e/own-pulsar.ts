import { join } from 'node:path';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../src/platform/pulsar/embedded/embedded-pulsar.js';
import { runs } from '../../src/platform/running-process.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

const GONE_MS = 10_000;

/** A broker of one test, to be killed and started again on the same data and ports. */
export class OwnPulsar {
  private running: EmbeddedPulsar | null = null;
  /** Whether somebody knows the ports, so that no others will do. */
  private told = false;

  private constructor(
    private readonly folder: string,
    private ports: { readonly broker: number; readonly web: number },
    private readonly extraConfiguration: Readonly<Record<string, string>>,
  ) {}

  /** Chooses folder and ports; starts nothing. @param configuration further lines of standalone.conf */
  static async prepare(configuration: Readonly<Record<string, string>> = {}): Promise<OwnPulsar> {
    const folder = join(await temporaryFolder('own-pulsar'), 'pulsar');
    return new OwnPulsar(folder, { broker: await lastingPort(), web: await lastingPort() }, configuration);
  }

  get addresses(): { serviceUrl: string; webUrl: string } {
    this.told = true;
    return { serviceUrl: `pulsar://127.0.0.1:${this.ports.broker}`, webUrl: `http://127.0.0.1:${this.ports.web}` };
  }

  /** Another process may take a port before the broker has it: others do as long as nobody was told. */
  async start(): Promise<void> {
    const pulsar = await startEmbeddedPulsar({
      folder: this.folder,
      libFolder: join(process.cwd(), '.data/pulsar-lib'),
      preferredPorts: this.ports,
      extraConfiguration: this.extraConfiguration,
      useDocker: false,
      progress: () => undefined,
    });
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    this.running = pulsar;
    const ports = { broker: portOf(pulsar.serviceUrl), web: portOf(pulsar.webUrl) };
    if (this.told && (ports.broker !== this.ports.broker || ports.web !== this.ports.web))
      throw new Error(`the broker came up elsewhere: ${pulsar.webUrl}`);
    this.ports = ports;
  }

  /** SIGKILL, as a crash. */
  async kill(): Promise<void> {
    const pid = this.running!.pid!;
    process.kill(pid, 'SIGKILL');
    await eventually(async () => !(await runs(pid, ['java'])), { within: GONE_MS, what: 'the broker is gone' });
  }

  /** As an operator does; kills what does not end in 6 s. */
  async stop(patienceMs?: number): Promise<void> {
    await this.running?.stop(patienceMs);
    this.running = null;
  }
}

const portOf = (url: string) => Number(url.split(':').at(-1));
