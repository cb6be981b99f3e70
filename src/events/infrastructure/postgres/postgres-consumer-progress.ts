import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import { Logger } from '../../../platform/observability/logger.js';
import { Database } from '../../../platform/postgres/database.js';
import { ConsumerProgress, type FollowedTopic, type TopicReport } from '../../application/consumer-progress.port.js';
import { STALLED_AFTER_MS } from '../../domain/topic-problems.js';

/** Readers take a row for dead after ten of these without a sign. */
const EVERY_MS = 1000;
/** The reports of other processes count for so long after they have died. */
const OTHERS_FRESH_MS = 10_000;

/**
 * $1 this process, $2 topics, $3 lags, $4 delayed messages, $5 standstills, $6 why positions are not known, $7 problems. The
 * rows of dead processes are deleted after an hour: until then they tell how far these were. Answers the shortest standstill among the others
 * that are alive.
 */
const SAVE = `
with expired as (delete from consumer_progress where seen_at < now() - interval '1 hour'),
saved as (
  insert into consumer_progress as progress (consumer, topic, lag_ms, delayed, still_ms, unseen, problem, settled_until, seen_at)
  select $1::uuid, topic, lag_ms, delayed, still_ms, unseen, problem, now() - lag_ms * interval '1 ms', now()
  from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
    as report (topic, lag_ms, delayed, still_ms, unseen, problem)
  on conflict (topic, consumer) do update set
    lag_ms = excluded.lag_ms, delayed = excluded.delayed, still_ms = excluded.still_ms, unseen = excluded.unseen,
    problem = excluded.problem, settled_until = greatest(progress.settled_until, excluded.settled_until), seen_at = excluded.seen_at)
select topic, min(still_ms)::float8 as "stillMs" from consumer_progress
where consumer <> $1 and seen_at > now() - interval '${OTHERS_FRESH_MS} ms'
group by topic`;

/** Makes this process count as dead at once; how far it was stays for the next process. */
const LEAVE = `update consumer_progress set seen_at = least(seen_at, now() - interval '1 minute') where consumer = $1`;

interface Followed {
  readonly topic: string;
  readonly report: () => TopicReport;
}

/** A row per process and topic in `consumer_progress`, written about once a second. */
@Injectable()
export class PostgresConsumerProgress extends ConsumerProgress implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly consumer = randomUUID();
  private readonly topics: Followed[] = [];
  /** The shortest standstill of other replicas, by topic; null: no other one knows. */
  private others = { at: -Infinity, stillMs: new Map<string, number | null>() };
  private timer: NodeJS.Timeout | null = null;
  private last: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {
    super();
  }

  follow(topic: string, report: () => TopicReport): FollowedTopic {
    this.topics.push({ topic, report });
    return { stalled: () => this.isStalled(topic, report()) };
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.last ??= this.save().finally(() => (this.last = null));
    }, EVERY_MS).unref();
  }

  /** A process that ends in order counts as dead at once, and how far its topics were stays known. */
  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.last;
    if (this.topics.length > 0) await this.attempt(LEAVE, [this.consumer]);
  }

  /** One round; never rejects. Without a topic that is followed there is nothing to say. */
  async save(): Promise<void> {
    if (this.topics.length === 0) return;
    const reports = this.topics.map(({ topic, report }) => ({ topic, ...report() }));
    const rows = await this.attempt<{ topic: string; stillMs: number | null }>(SAVE, [
      this.consumer,
      reports.map(({ topic }) => topic),
      reports.map(({ lagMs }) => lagMs),
      reports.map(({ delayed }) => delayed),
      reports.map(({ stillMs }) => stillMs),
      reports.map(({ unseen }) => unseen),
      reports.map(({ problem }) => problem),
    ]);
    if (rows === null) return;
    this.others = { at: performance.now(), stillMs: new Map(rows.map(({ topic, stillMs }) => [topic, stillMs])) };
  }

  /** While PostgreSQL is away only this process can be asked. */
  private isStalled(topic: string, { stillMs }: TopicReport): boolean {
    const fresh = performance.now() - this.others.at <= OTHERS_FRESH_MS;
    const shortestOfOthers = (fresh ? this.others.stillMs.get(topic) : null) ?? Infinity;
    return stillMs !== null && Math.min(stillMs, shortestOfOthers) >= STALLED_AFTER_MS;
  }

  private async attempt<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<Row[] | null> {
    if (!this.database.isConnected) return null;
    try {
      return (await this.database.writers().query<Row>(text, values)).rows;
    } catch (error) {
      this.logger.debug({ err: error }, 'the progress of the consumers was not saved, tried again in a second');
      return null;
    }
  }
}
