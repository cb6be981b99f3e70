import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { TimeRange } from '../../events/domain/time-range.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { Grid, USUAL_LINES } from '../domain/grid.js';
import { GetOlderPagesQuery } from './get-older-pages.query.js';
import { HeatmapReader } from './heatmap-reader.port.js';

/** The answer in the words of the older heat map. */
export interface OlderSummary {
  readonly status: 'ok';
  readonly rows: number;
  readonly cols: number;
  /** `grid[row][column]` */
  readonly grid: readonly (readonly number[])[];
  readonly totalClicks: number;
  /** The pages whose clicks are counted, those with the most clicks first. */
  readonly pages: readonly string[];
}

/** Answers all clicks that are kept, of one page or of all. */
export class GetOlderSummaryQuery extends Query<OlderSummary> {
  constructor(
    readonly pageUrl: string | null,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

/** The older heat map had one layer. So a click on a fixed element counts where it lay in the document, as it did then. */
@QueryHandler(GetOlderSummaryQuery)
export class GetOlderSummaryHandler implements IQueryHandler<GetOlderSummaryQuery> {
  constructor(
    private readonly reader: HeatmapReader,
    private readonly queries: QueryBus,
    private readonly cache: AnswerCache,
  ) {}

  /** @throws {RangeTooLong} */
  execute({ pageUrl, signal }: GetOlderSummaryQuery): Promise<OlderSummary> {
    const compute = (shared?: AbortSignal) => this.summary(pageUrl, shared);
    return this.cache.get(['older heatmap', pageUrl], compute, { costly: true, signal });
  }

  private async summary(pageUrl: string | null, signal?: AbortSignal): Promise<OlderSummary> {
    const grid = new Grid(USUAL_LINES, USUAL_LINES);
    const [{ result }, all] = await Promise.all([
      this.reader.clicks({ pageUrl, device: null, userId: null }, TimeRange.ALL, grid, signal),
      pageUrl === null ? this.queries.execute(new GetOlderPagesQuery(signal)) : null,
    ]);
    const cells = [...result.placed, ...result.fixed];
    const totalClicks = cells.reduce((total, { clicks }) => total + clicks, 0);
    const pages = all?.pages ?? (pageUrl !== null && totalClicks > 0 ? [pageUrl] : []);
    return { status: 'ok', rows: grid.rows, cols: grid.columns, grid: grid.filled(cells), totalClicks, pages };
  }
}
