import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Logger } from '../../../platform/http/logger.js';
import { Database } from '../../../platform/postgres/database.js';
import { FineHorizon } from './fine-horizon.js';
import { PartitionKeeper } from './partition-keeper.js';
import { WEEK_MS } from './week.js';

const EVERY_MS = 600_000;

/** What keeps the tables in shape while the service runs: partitions made ahead, old 2-second counts dropped. */
@Injectable()
export class StorageKeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionKeeper,
    private readonly horizon: FineHorizon,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.round = this.keep();
    this.timer = setInterval(() => {
      this.round = this.round.then(() => this.keep());
    }, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    if (this.database.isConnected) await this.round;
  }

  private async keep(): Promise<void> {
    try {
      await this.database.connect();
      const now = this.clock.now();
      await this.partitions.ensure([now, now + WEEK_MS]);
      const deleted = await this.horizon.advance(now);
      if (deleted > 0) this.logger.info({ deleted }, 'dropped 2-second counts below the horizon');
    } catch (error) {
      this.logger.warn({ err: error }, 'storage keeping failed, tried again in ten minutes');
    }
  }
}
