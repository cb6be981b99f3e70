import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { Housekeeping } from '../../../platform/housekeeping/housekeeping.js';
import { Health } from '../../../platform/observability/health.js';
import { Logger } from '../../../platform/observability/logger.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import { type MergeAsked, MergeLog, MergeUnderWay } from './merge-log.port.js';
import { Merger, type MergeReport } from './merger.js';

const MINUTE_MS = 60_000;
const LOOKS_EVERY_MS = 15_000;
export const SCHEDULE = 'schedule';

/**
 * The merges that this process runs in the background: those that an operator asks for, and with MERGE_EVERY those that are
 * due. One of the replicas merges at a time, and a region that another replica has merged is not due.
 */
@Injectable()
export class RegionMerges implements OnModuleInit, OnModuleDestroy {
  private current: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly merger: Merger,
    private readonly log: MergeLog,
    private readonly config: Config,
    private readonly housekeeping: Housekeeping,
    private readonly health: Health,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    if (this.config.of(REGIONS_VARIABLES).MERGE_EVERY === null) return;
    let looking = false;
    this.housekeeping.register({
      name: 'merging what is due',
      everyMs: LOOKS_EVERY_MS,
      // A merge may take long, and other duties do not wait for it.
      run: () => {
        if (looking) return Promise.resolve();
        looking = true;
        this.current = this.mergeDue()
          .catch((error: unknown) => this.logger.warn({ err: error }, 'merging what is due failed, tried again'))
          .finally(() => (looking = false));
        return Promise.resolve();
      },
    });
  }

  /** @returns the merge's id, when it has begun. @throws {UnknownRegion} @throws {MergeUnderWay} */
  async start(asked: MergeAsked): Promise<string> {
    const { id, done } = await this.merger.begin(asked, this.health.draining);
    this.current = done;
    return id;
  }

  /** Merges every region that is due, one after the other. @returns how the merges ended that this process ran */
  async mergeDue(): Promise<MergeReport[]> {
    const { MERGE_EVERY, REGIONS } = this.config.of(REGIONS_VARIABLES);
    const reports: MergeReport[] = [];
    for (const { name } of REGIONS?.all ?? []) {
      if (this.health.draining.aborted || !(await this.log.isDue(name, (MERGE_EVERY ?? 0) * MINUTE_MS))) continue;
      try {
        const asked = { region: name, since: null, dryRun: false, actor: SCHEDULE };
        reports.push(await (await this.merger.begin(asked, this.health.draining)).done);
      } catch (error) {
        if (!(error instanceof MergeUnderWay)) throw error;
      }
    }
    return reports;
  }

  /** Waits until the pages that are being recorded are stored, before the store stops. */
  async onModuleDestroy(): Promise<void> {
    await this.current;
  }
}
