import type { EventStream } from '../event-stream.js';
import { Load } from '../load.js';
import type { Random } from '../random.js';
import type { Region } from './region.js';
import type { RegionsLedger } from './audit/regions-ledger.js';

const CHUNKS_A_SECOND = 4;
/** The number of messages that may wait for a broker that is away: then the producer waits, too. */
const MOST_CHUNKS = 40;

/** A producer of one region's Pulsar at a steady rate, which sends everything again until the broker confirms it. */
export class BrokerLoad {
  private readonly load: Load;
  private readonly unconfirmed = new Set<Promise<void>>();
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly region: Region,
    private readonly stream: EventStream,
    random: Random,
    ledger: RegionsLedger,
  ) {
    const target = { webUrl: region.pulsar.addresses.webUrl, intake: region.intake, services: [] };
    this.load = new Load(target, stream, random, {
      tell: (told) => {
        ledger.add(region.name, told);
        return Promise.resolve();
      },
    });
  }

  get confirmed(): number {
    return this.load.sent.messages;
  }

  get resent(): number {
    return this.load.sent.resent;
  }

  /** @param rate messages a second */
  start(rate: number): void {
    this.stopping = false;
    this.running = this.run(Math.ceil(rate / CHUNKS_A_SECOND));
  }

  /** Resolves when the broker has confirmed every message. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await Promise.all(this.unconfirmed);
  }

  close(): Promise<void> {
    return this.load.close();
  }

  private async run(chunk: number): Promise<void> {
    while (!this.stopping) {
      if (this.unconfirmed.size < MOST_CHUNKS) {
        const publishing = this.load
          .publish(Array.from({ length: chunk }, () => this.stream.next()))
          .finally(() => this.unconfirmed.delete(publishing));
        this.unconfirmed.add(publishing);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000 / CHUNKS_A_SECOND));
    }
  }
}
