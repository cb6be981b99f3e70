import { Clock } from '../../clock/clock.js';
import { parseTopicName } from '../topic-name.js';
import { type AdminApi, AdminFailure } from './admin-api.js';

/** How long a namespace keeps what is acknowledged. */
export interface Retention {
  /** -1: for ever. */
  readonly minutes: number;
  /** -1: whatever it takes. */
  readonly megabytes: number;
}

const WAITING = 'getPreciseBacklog=true&getEarliestTimeInBacklog=true&subscriptionBacklogSize=false';

interface Stats {
  readonly subscriptions: Readonly<
    Record<string, { readonly msgBacklog: number; readonly earliestMsgPublishTimeInBacklog?: number } | undefined>
  >;
}

/** Lets a subscription deliver again what was published from a moment on. */
export class CursorReset {
  private readonly path: string;
  private readonly namespace: string;

  /** @param topic short or full name */
  constructor(
    private readonly api: AdminApi,
    topic: string,
    private readonly subscription: string,
    private readonly clock = new Clock(),
  ) {
    const name = parseTopicName(topic);
    this.namespace = [name.tenant, name.namespace].map(encodeURIComponent).join('/');
    this.path = `/admin/v2/persistent/${this.namespace}/${encodeURIComponent(name.topic)}`;
  }

  /** When the oldest message was published that the broker still has, epoch milliseconds; null: it has none. @throws AdminFailure */
  async oldest(): Promise<number | null> {
    const oldest = await Promise.all((await this.paths()).map((path) => this.oldestOf(path)));
    const known = oldest.filter((time) => time !== null);
    // Messages that are older in one partition were deleted in another, or never published there: nobody knows which.
    return known.length === 0 ? null : Math.max(...known);
  }

  async retention(): Promise<Retention> {
    const none = { retentionTimeInMinutes: 0, retentionSizeInMB: 0 };
    const policy = (await this.api.find(`/admin/v2/namespaces/${this.namespace}/retention`)) ?? none;
    const { retentionTimeInMinutes: minutes, retentionSizeInMB: megabytes } = policy as typeof none;
    return { minutes, megabytes };
  }

  /**
   * Goes to the moment, but never past a message that waits, which would be lost.
   *
   * @param time epoch milliseconds, of publishing
   * @returns the moment that it went to
   * @throws AdminFailure
   */
  async to(time: number): Promise<number> {
    const now = this.clock.now(); // what is published while this runs waits, too
    const waiting = await Promise.all((await this.paths()).map((path) => this.oldestWaitingOf(path)));
    const moment = Math.min(time, now, ...waiting.filter((one) => one !== null));
    await this.api.post(`${this.path}/subscription/${encodeURIComponent(this.subscription)}/resetcursor/${moment}`);
    return moment;
  }

  /** Of the topic, or of its partitions; empty: there is no such topic. */
  private async paths(): Promise<string[]> {
    const found = (await this.api.get(`${this.path}/partitions`).catch(nothing)) as { partitions: number } | null;
    if (found === null) return [];
    const partitions = [...Array(found.partitions).keys()].map((n) => `${this.path}-partition-${n}`);
    return partitions.length === 0 ? [this.path] : partitions;
  }

  /** When the oldest message was published that is not acknowledged; null: none waits. */
  private async oldestWaitingOf(path: string): Promise<number | null> {
    const stats = (await this.api.find(`${path}/stats?${WAITING}`)) as Stats | null;
    const { msgBacklog = 0, earliestMsgPublishTimeInBacklog: earliest = 0 } =
      stats?.subscriptions[this.subscription] ?? {};
    if (msgBacklog <= 0) return null;
    if (earliest <= 0)
      throw new AdminFailure('the broker does not say when the oldest message that waits was published', 200);
    return earliest;
  }

  private async oldestOf(path: string): Promise<number | null> {
    const headers = await this.api
      .headers(`${path}/examinemessage?initialPosition=earliest&messagePosition=1`)
      .catch(nothing);
    if (headers === null) return null;
    const published = headers['x-pulsar-publish-time'];
    const time = Date.parse(String(published));
    if (Number.isNaN(time))
      throw new AdminFailure('the broker does not say when its oldest message was published', 200);
    return time;
  }
}

/** There is none: no topic, or no message. */
function nothing(error: unknown): null {
  if (error instanceof AdminFailure && (error.status === 404 || error.status === 412)) return null;
  throw error;
}
