import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Health } from '../../platform/observability/health.js';
import { Housekeeping } from '../../platform/housekeeping/housekeeping.js';
import { OtherRegion, OtherRegionFailed } from '../application/merging/other-region.port.js';
import { REGIONS_VARIABLES } from '../regions.variables.js';

const EVERY_MS = 15_000;

/** Names in `/health` the regions that cannot be reached. The service itself needs none of them, and stays ready. */
@Injectable()
export class RegionReach implements OnModuleInit {
  /** The reason, by the name of the region. */
  private readonly away = new Map<string, string>();

  constructor(
    private readonly other: OtherRegion,
    private readonly config: Config,
    private readonly health: Health,
    private readonly housekeeping: Housekeeping,
  ) {}

  onModuleInit(): void {
    if (this.config.of(REGIONS_VARIABLES).REGIONS === null) return;
    this.housekeeping.register({
      name: 'looking at the other regions',
      everyMs: EVERY_MS,
      run: (stopping) => this.look(stopping),
    });
    this.health.register({
      name: 'regions',
      required: false,
      check: () => {
        const reasons = [...this.away.values()];
        return Promise.resolve(
          reasons.length === 0 ? { status: 'up' } : { status: 'down', reason: reasons.join('; ') },
        );
      },
    });
  }

  private async look(stopping: AbortSignal): Promise<void> {
    const regions = this.config.of(REGIONS_VARIABLES).REGIONS?.all ?? [];
    await Promise.all(
      regions.map(async (region) => {
        try {
          await this.other.reach(region, stopping);
          this.away.delete(region.name);
        } catch (error) {
          if (!(error instanceof OtherRegionFailed)) throw error;
          this.away.set(region.name, error.message);
        }
      }),
    );
  }
}
