import { Injectable } from '@nestjs/common';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { PartitionIndexes } from './partition-indexes.js';

/** Gives partitions the index of the column `tx`, while events are recorded. */
@Injectable()
export class TransactionIndex {
  private readonly indexes: PartitionIndexes;

  constructor(database: Database, logger: Logger) {
    this.indexes = new PartitionIndexes(database, logger, {
      names: ['events_tx_ranges_idx'],
      lock: EVENTS_LOCKS.transactionIndex,
      replaces: 'events_tx_idx',
    });
  }

  /** @returns how many partitions got it now. @param stopping ends it after the statement that runs. */
  async build(stopping: AbortSignal): Promise<number> {
    return (await this.indexes.build(stopping)).built;
  }
}
