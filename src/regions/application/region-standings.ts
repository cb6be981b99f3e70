import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { statusOf } from '../domain/region-status.js';
import { REGIONS_VARIABLES } from '../regions.variables.js';
import type { RegionStanding } from './answers/regions.answer.js';
import { RegionsReader } from './regions-reader.port.js';

/** Says how the other regions stand, for answers whose figures depend on them. */
@Injectable()
export class RegionStandings {
  private readonly names: readonly string[];

  constructor(
    private readonly reader: RegionsReader,
    config: Config,
  ) {
    this.names = (config.of(REGIONS_VARIABLES).REGIONS?.all ?? []).map(({ name }) => name);
  }

  /** Without REGIONS nothing is read. */
  async read(): Promise<readonly RegionStanding[]> {
    if (this.names.length === 0) return [];
    const merged = await this.reader.merged(this.names);
    return merged.map(({ name, mergedUntil, lagMs, last }) => ({
      name,
      merged_until: mergedUntil,
      lag_ms: lagMs,
      status: statusOf(last),
    }));
  }
}
