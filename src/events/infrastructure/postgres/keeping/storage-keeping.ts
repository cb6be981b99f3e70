import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DeadLetterRetention } from '../../../../dead-letters/application/dead-letter-retention.port.js';
import { Clock } from '../../../../platform/clock/clock.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { FineHorizon } from './fine-horizon.js';
import { IdentityExpiry } from './identity-expiry.js';
import { PartitionDropper } from './partition-dropper.js';
import { PartitionKeeper } from './partition-keeper.js';
import { RetentionFloor } from './retention-floor.js';
import { WEEK_MS } from '../week.js';

const EVERY_MS = 600_000;

/** What keeps the tables in shape while the service runs: partitions made ahead, and what is past its time dropped. */
@Injectable()
export class StorageKeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private last: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionKeeper,
    private readonly horizon: FineHorizon,
    private readonly floor: RetentionFloor,
    private readonly dropper: PartitionDropper,
    private readonly identities: IdentityExpiry,
    private readonly deadLetters: DeadLetterRetention,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.round();
    this.timer = setInterval(() => void this.round(), EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.stopping.abort();
    if (this.database.isConnected) await this.last;
  }

  /** One round, after the one before. Never rejects: what failed is logged, and tried again in the next. */
  round(): Promise<void> {
    return (this.last = this.last.then(() => this.keep()));
  }

  private async keep(): Promise<void> {
    await this.duty('connecting', () => this.database.connect());
    if (!this.database.isConnected) return;
    const now = this.clock.now();
    await this.duty('making partitions ahead', () => this.partitions.ensure([now, now + WEEK_MS]));
    await this.duty('dropping fine counts', () => this.dropFineCounts(now));
    await this.duty('dropping events past their retention', () => this.dropEvents(now));
    await this.duty('dropping dead letters past their retention', () => this.dropDeadLetters(now));
  }

  /** One duty that fails, say behind a long query, keeps the others from nothing. */
  private async duty(what: string, work: () => Promise<void>): Promise<void> {
    if (this.stopping.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, `${what} failed, tried again in ten minutes`);
    }
  }

  private async dropFineCounts(now: number): Promise<void> {
    const deleted = await this.horizon.advance(now);
    if (deleted > 0) this.logger.info({ deleted }, 'dropped 2-second counts below the horizon');
  }

  /** The floor is committed first, then facts go, then the identities that were kept longer. */
  private async dropEvents(now: number): Promise<void> {
    const floor = await this.floor.advance(now);
    const weeks = await this.dropper.dropBelow(floor, this.stopping.signal);
    const identities = await this.identities.expireBelow(floor, this.stopping.signal);
    if (weeks.length > 0 || identities > 0) {
      this.logger.info(
        { floor: new Date(floor).toISOString(), weeks: weeks.length, identities },
        'dropped what is below the retention floor',
      );
    }
  }

  private async dropDeadLetters(now: number): Promise<void> {
    const went = await this.deadLetters.purge(now, this.stopping.signal);
    if (went.open + went.replayed > 0) this.logger.info(went, 'dropped dead letters past their retention');
  }
}
