import { Injectable } from '@nestjs/common';
import { Logger } from '../../../../platform/observability/logger.js';
import { IdentityExpiry } from './identity-expiry.js';
import { PartitionDropper } from './partition-dropper.js';
import { RetentionFloor } from './retention-floor.js';

/** Drops events past RETENTION_DAYS, a week at a time. */
@Injectable()
export class EventRetention {
  constructor(
    private readonly floor: RetentionFloor,
    private readonly dropper: PartitionDropper,
    private readonly identities: IdentityExpiry,
    private readonly logger: Logger,
  ) {}

  /**
   * The floor is committed first, then facts go, then the identities that were kept longer.
   *
   * @param now epoch milliseconds. @param stopping ends it between two weeks, and between two parts of the identities.
   */
  async keep(now: number, stopping: AbortSignal): Promise<void> {
    const floor = await this.floor.advance(now, stopping);
    const weeks = await this.dropper.dropBelow(floor, stopping);
    const identities = await this.identities.expireBelow(floor, stopping);
    if (weeks.length > 0 || identities > 0) {
      this.logger.info(
        { floor: new Date(floor).toISOString(), weeks: weeks.length, identities },
        'dropped what is below the retention floor',
      );
    }
  }
}
