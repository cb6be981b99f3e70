import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { formatInstant } from '../../events/domain/timestamps.js';
import { RecentBins } from '../domain/recent-bins.js';
import type { LiveData } from './answers/live.answer.js';
import { binView } from './bin-view.js';
import { LiveReader } from './live-reader.port.js';

/** Clients poll once a second, so all of them share an answer for about as long. */
const KEPT_MS = 500;
const KEPT_ANSWERS = 200;
const ALL_TIME = 'all';

/** Answers the bins and the totals of this moment. */
export class GetLiveDataQuery extends Query<LiveData> {
  /** @param since only votes later than this are in the totals, epoch milliseconds; null: all votes */
  constructor(readonly since: number | null) {
    super();
  }
}

@QueryHandler(GetLiveDataQuery)
export class GetLiveDataHandler implements IQueryHandler<GetLiveDataQuery> {
  private readonly answers = new LRUCache<number | typeof ALL_TIME, LiveData>({
    max: KEPT_ANSWERS,
    ttl: KEPT_MS,
    fetchMethod: (since) => this.read(since === ALL_TIME ? null : since),
  });

  constructor(private readonly reader: LiveReader) {}

  async execute({ since }: GetLiveDataQuery): Promise<LiveData> {
    return (await this.answers.fetch(since ?? ALL_TIME)) as LiveData;
  }

  private async read(since: number | null): Promise<LiveData> {
    const [snapshot, totals] = await Promise.all([this.reader.recentBins(), this.reader.totals(since)]);
    const recent = new RecentBins();
    recent.take(snapshot);
    return {
      totals,
      since: since === null ? null : formatInstant(since),
      bins: recent.catchUp(null).bins.map((bin) => binView(bin, snapshot.now)),
      server_time: formatInstant(snapshot.now),
    };
  }
}
