import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureJars } from '../../src/platform/pulsar/embedded/embedded-pulsar-jars.js';
import { temporaryFolder } from '../support/run-folder.js';

const PROGRAM = join(process.cwd(), 'test/e2e/JavaProducer.java');
const QUIET = '<Configuration><Loggers><Root level="off"/></Loggers></Configuration>';

/** A Java client in a process of its own; every call resolves when the broker has confirmed. */
export class JavaProducer {
  private readonly confirmed: AsyncIterator<string, undefined>;
  private last: Promise<void> = Promise.resolve();

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.confirmed = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** @param options.clockAhead seconds that the producer's clock differs from ours; negative: it is slow. */
  static async start(
    serviceUrl: string,
    options: { clockAhead?: number; transactions?: boolean } = {},
  ): Promise<JavaProducer> {
    const jars = await ensureJars(join(process.cwd(), '.data/pulsar-lib'), () => undefined);
    const logging = join(await temporaryFolder('java-producer'), 'log4j2.xml');
    await writeFile(logging, QUIET);
    const { clockAhead = 0, transactions = false } = options;
    const settings = ['-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`];
    const program = ['-cp', join(jars, '*'), PROGRAM, serviceUrl, String(clockAhead), String(transactions)];
    return new JavaProducer(spawn('java', [...settings, ...program]));
  }

  send(topic: string, payload: object): Promise<void> {
    return this.tell(`send ${topic} ${JSON.stringify(payload)}`);
  }

  /** To be delivered that many seconds later. */
  delay(topic: string, seconds: number, payload: object): Promise<void> {
    return this.tell(`delay ${topic} ${seconds} ${JSON.stringify(payload)}`);
  }

  begin(): Promise<void> {
    return this.tell('begin');
  }

  /** In the transaction that was begun last. */
  transact(topic: string, payload: object): Promise<void> {
    return this.tell(`transact ${topic} ${JSON.stringify(payload)}`);
  }

  commit(): Promise<void> {
    return this.tell('commit');
  }

  close(): void {
    this.child.kill('SIGKILL');
  }

  private tell(command: string): Promise<void> {
    const done = this.last.then(async () => {
      this.child.stdin.write(`${command}\n`);
      const { value, done: ended } = await this.confirmed.next();
      if (ended || value !== 'done') throw new Error(`the Java producer ended at: ${command}`);
    });
    this.last = done.catch(() => undefined);
    return done;
  }
}
