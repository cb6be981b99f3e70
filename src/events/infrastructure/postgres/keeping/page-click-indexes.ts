import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Housekeeping } from '../../../../platform/housekeeping/housekeeping.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { PartitionIndexes } from './partition-indexes.js';

const EVERY_MS = 600_000;

/** Replaces the index of page clicks by three, without a pause in recording. */
@Injectable()
export class PageClickIndexes implements OnModuleInit {
  private readonly indexes: PartitionIndexes;

  constructor(
    database: Database,
    private readonly housekeeping: Housekeeping,
    logger: Logger,
  ) {
    this.indexes = new PartitionIndexes(database, logger, {
      names: ['events_placed_clicks_idx', 'events_other_clicks_idx', 'events_interactions_idx'],
      lock: EVENTS_LOCKS.pageIndexes,
      replaces: 'events_page_key_occurred_at_x_y_scroll_y_idx',
    });
  }

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'replacing the index of page clicks',
      everyMs: EVERY_MS,
      run: async (stopping) => void (await this.replace(stopping)),
    });
  }

  /** @returns whether it dropped the old one now. @param stopping ends it after the statement that runs. */
  async replace(stopping: AbortSignal): Promise<boolean> {
    return (await this.indexes.build(stopping)).dropped;
  }
}
