import { Injectable } from '@nestjs/common';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { PERIODS } from '../../../metrics/application/requested-window.js';
import { Database } from '../../../platform/postgres/database.js';
import {
  type CountedPath,
  type CountedPaths,
  type Direction,
  PathsReader,
} from '../../application/paths-reader.port.js';
import { paths } from './paths.sql.js';
import { readChains } from './read-chains.js';

interface PathsRow {
  readonly paths: readonly CountedPath[];
  readonly excluded: number;
  readonly retention_floor: number;
  readonly fine_horizon: number;
}

@Injectable()
export class PostgresPathsReader extends PathsReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async count(
    pageUrl: string,
    direction: Direction,
    window: TimeRange,
    most: { readonly steps: number; readonly branches: number },
    signal?: AbortSignal,
  ): Promise<CountedPaths> {
    const { plan, answer } = await this.bounds.ask(
      (known) => planFacts(window, known),
      async ({ covered }) => {
        const statement = paths(pageUrl, direction, covered, most);
        const [row] = await readChains<PathsRow>(
          this.database,
          statement,
          { field: 'period', shorter: shorterThan(window) },
          signal,
        );
        if (!row) throw new Error('storage_bounds holds no row');
        return { bounds: { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon }, answer: row };
      },
    );
    return { paths: answer.paths, excluded: answer.excluded, window: plan.covered, exact: plan.exact };
  }
}

/** The longest of the shorter periods. If there is none, the page has too many visits for any period. */
function shorterThan({ start, end }: TimeRange): string {
  const shorter = Object.entries(PERIODS).filter(([, length]) => length < end - start);
  return shorter.sort(([, one], [, other]) => other - one)[0]?.[0] ?? 'another page';
}
