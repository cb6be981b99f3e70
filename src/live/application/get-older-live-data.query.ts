import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { LiveReader } from './live-reader.port.js';

const KEPT_MS = 500;
const MOST_VOTES = 10_000;

/** The JSON that the older dashboard polls each second. It can be long, and is given to many clients. */
export class GetOlderLiveDataQuery extends Query<Buffer> {}

@QueryHandler(GetOlderLiveDataQuery)
export class GetOlderLiveDataHandler implements IQueryHandler<GetOlderLiveDataQuery> {
  private readonly answers = new LRUCache<'data', Buffer>({ max: 1, ttl: KEPT_MS, fetchMethod: () => this.read() });

  constructor(private readonly reader: LiveReader) {}

  async execute(): Promise<Buffer> {
    return (await this.answers.fetch('data')) as Buffer;
  }

  private async read(): Promise<Buffer> {
    const [{ cheers, hate }, { now }, votes] = await Promise.all([
      this.reader.totals(null),
      this.reader.recentBins(),
      this.reader.recentVotes(MOST_VOTES),
    ]);
    const recent_history = votes.map(({ reaction, occurredAt }) => ({
      type: reaction === 'hate' ? 'fuck' : reaction,
      timestamp: occurredAt / 1000,
    }));
    return Buffer.from(JSON.stringify({ totals: { cheers, fuck: hate }, recent_history, server_time: now / 1000 }));
  }
}
