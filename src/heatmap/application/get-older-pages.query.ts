import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { TimeRange } from '../../events/domain/time-range.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { HeatmapReader } from './heatmap-reader.port.js';

/** The answer in the words of the older heat map. */
export interface OlderPages {
  readonly status: 'ok';
  /** Pages with the most clicks first. */
  readonly pages: readonly string[];
}

const MOST_PAGES = 1000;

/** Answers the pages that have clicks, from all that is kept. */
export class GetOlderPagesQuery extends Query<OlderPages> {
  constructor(readonly signal?: AbortSignal) {
    super();
  }
}

@QueryHandler(GetOlderPagesQuery)
export class GetOlderPagesHandler implements IQueryHandler<GetOlderPagesQuery> {
  constructor(
    private readonly reader: HeatmapReader,
    private readonly cache: AnswerCache,
  ) {}

  /** @throws {RangeTooLong} */
  execute({ signal }: GetOlderPagesQuery): Promise<OlderPages> {
    return this.cache.get(['older heatmap pages'], (shared) => this.pages(shared), { costly: true, signal });
  }

  private async pages(signal?: AbortSignal): Promise<OlderPages> {
    const { result } = await this.reader.pages(TimeRange.ALL, MOST_PAGES, signal);
    return { status: 'ok', pages: result.pages.filter(({ clicks }) => clicks > 0).map(({ page_url }) => page_url) };
  }
}
