import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Logger } from '../../../platform/observability/logger.js';
import { Database } from '../../../platform/postgres/database.js';
import { ConsumerProgress, type FollowedTopic } from '../../application/consumer-progress.port.js';
import { TopicProgress } from './topic-progress.js';

/** Readers take a row for dead after ten of these without a sign. */
const EVERY_MS = 1000;

/** $1 this process, $2 topics, $3 publish times, $4 lags, $5 problems. What the dead left goes on the way. */
const SAVE = `
with gone as (delete from consumer_progress where seen_at < now() - interval '1 hour')
insert into consumer_progress as progress (consumer, topic, published_until, lag_ms, problem, seen_at)
select $1::uuid, topic, published_until, lag_ms, problem, now()
from unnest($2::text[], $3::timestamptz[], $4::bigint[], $5::text[]) as said (topic, published_until, lag_ms, problem)
on conflict (topic, consumer) do update set
  published_until = greatest(progress.published_until, excluded.published_until),
  lag_ms = excluded.lag_ms, problem = excluded.problem, seen_at = excluded.seen_at`;

/** A row per process and topic in `consumer_progress`, written about once a second. */
@Injectable()
export class PostgresConsumerProgress extends ConsumerProgress implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly consumer = randomUUID();
  private readonly topics: TopicProgress[] = [];
  private timer: NodeJS.Timeout | null = null;
  private last: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super();
  }

  follow(topic: string, problem: () => string | null): FollowedTopic {
    const progress = new TopicProgress(topic, problem);
    this.topics.push(progress);
    return {
      begin: (publishedAt) => {
        const committed = progress.begin(publishedAt);
        return () => committed(this.clock.now());
      },
    };
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.last ??= this.save().finally(() => (this.last = null));
    }, EVERY_MS).unref();
  }

  /** A process that leaves in order takes its rows along. */
  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.last;
    if (this.topics.length > 0)
      await this.attempt('delete from consumer_progress where consumer = $1', [this.consumer]);
  }

  /** One round; never rejects. Without a topic that is followed there is nothing to say. */
  async save(): Promise<void> {
    if (this.topics.length === 0) return;
    const said = this.topics.map((topic) => topic.report(this.clock.now()));
    await this.attempt(SAVE, [
      this.consumer,
      said.map(({ topic }) => topic),
      said.map(({ publishedUntil }) => publishedUntil && new Date(publishedUntil)),
      said.map(({ lagMs }) => lagMs),
      said.map(({ problem }) => problem),
    ]);
  }

  private async attempt(text: string, values: unknown[]): Promise<void> {
    if (!this.database.isConnected) return;
    try {
      await this.database.writers().query(text, values);
    } catch (error) {
      this.logger.debug({ err: error }, 'the progress of the consumers was not saved, tried again in a second');
    }
  }
}
