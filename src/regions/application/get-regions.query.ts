import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Config } from '../../platform/config/config.js';
import { REGIONS_VARIABLES } from '../regions.variables.js';
import type { Regions } from './answers/regions.answer.js';
import { RegionStandings } from './region-standings.js';
import { RegionsReader } from './regions-reader.port.js';

const SHOWN = 20;

/** Answers the other regions, their last merges and the conflicts. */
export class GetRegionsQuery extends Query<Regions> {}

@QueryHandler(GetRegionsQuery)
export class GetRegionsHandler implements IQueryHandler<GetRegionsQuery> {
  constructor(
    private readonly standings: RegionStandings,
    private readonly reader: RegionsReader,
    private readonly config: Config,
  ) {}

  async execute(): Promise<Regions> {
    const [regions, merges, conflicts] = await Promise.all([
      this.standings.read(),
      this.reader.merges(SHOWN),
      this.reader.conflicts(SHOWN),
    ]);
    return { region: this.config.of(REGIONS_VARIABLES).REGION, regions, merges, conflicts };
  }
}
