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
 * The merges that this process does, in the background: what an operator asks for, and with MERGE_EVERY what is due. Of all replicas
 * one merges at a time, and a region that another one has merged is not due.
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
      // A merge takes as long as it takes: other duties do not wait for it.
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

  /** Every region whose time has come, one after the other. @returns how those ended that this process merged */
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

  /** The pages that are being recorded are, before the store stops. */
  async onModuleDestroy(): Promise<void> {
    await this.current;
  }
}
