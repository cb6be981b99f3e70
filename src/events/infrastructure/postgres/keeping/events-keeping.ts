import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreedTime } from '../../../../platform/housekeeping/agreed-time.js';
import { Housekeeping } from '../../../../platform/housekeeping/housekeeping.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { DatabaseClock } from '../../../../platform/postgres/database-clock.js';
import { WEEK_MS } from '../../../domain/calendar.js';
import { EventRetention } from './event-retention.js';
import { FineHorizon } from './fine-horizon.js';
import { PartitionKeeper } from './partition-keeper.js';
import { TransactionIndex } from './transaction-index.js';

const EVERY_MS = 600_000;

/** The duties that keep events and their counts in shape: partitions made ahead, and what is past its time dropped. */
@Injectable()
export class EventsKeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly partitions: PartitionKeeper,
    private readonly horizon: FineHorizon,
    private readonly retention: EventRetention,
    private readonly transactionIndex: TransactionIndex,
    private readonly databaseClock: DatabaseClock,
    private readonly time: AgreedTime,
    private readonly logger: Logger,
  ) {}

  /** Their order is of no consequence: each commits its own bound before it drops anything below. */
  onModuleInit(): void {
    this.housekeeping.register({
      name: 'making partitions ahead',
      everyMs: EVERY_MS,
      run: () => this.makePartitions(),
    });
    this.housekeeping.register({
      name: 'dropping fine counts',
      everyMs: EVERY_MS,
      run: (stopping) => this.dropFineCounts(stopping),
    });
    this.housekeeping.register({
      name: 'dropping events past their retention',
      everyMs: EVERY_MS,
      run: async (stopping) => this.retention.keep(await this.time.now(), stopping),
    });
    this.housekeeping.register({
      name: 'building the index of transactions',
      everyMs: EVERY_MS,
      run: async (stopping) => void (await this.transactionIndex.build(stopping)),
    });
  }

  private async makePartitions(): Promise<void> {
    const now = await this.databaseClock.now();
    await this.partitions.ensure([now, now + WEEK_MS]);
  }

  private async dropFineCounts(stopping: AbortSignal): Promise<void> {
    const deleted = await this.horizon.advance(await this.time.now(), stopping);
    if (deleted > 0) this.logger.info({ deleted }, 'dropped 2-second counts below the horizon');
  }
}
