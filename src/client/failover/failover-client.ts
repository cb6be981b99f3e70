import { type Host, HOST } from './host.js';
import type { Outcome } from './outcome.js';
import { Region } from './region.js';
import { type NewEvent, stamped } from './stamped-event.js';
import { serverTransport, type Transport } from './transport.js';
import { UnconfirmedEvents } from './unconfirmed-events.js';

export interface FailoverOptions {
  /** Address of the region that is asked first, such as `https://eu.example.com`. */
  readonly primary: string;
  /** Asked where the primary does not answer, does not take a connection, or fails (5xx). */
  readonly secondary?: string | null;
  /** A key of the role `ingest`, which is sent with each batch. It is not used if a `transport` is given. */
  readonly key?: string | null;
  /** Sent to the secondary; default: the same `key`. Each region has keys of its own. */
  readonly secondaryKey?: string | null;
  /** How long an answer may take; default 5,000. */
  readonly timeoutMs?: number;
  /** How many events may wait to be confirmed; default 10,000. Further events are dropped, and counted. */
  readonly queueLimit?: number;
  /** Events in one request; default 500. */
  readonly batchEvents?: number;
  /** UTF-8 bytes of events in one request; default 1,000,000. */
  readonly batchBytes?: number;
  /** How long events are gathered for a request; default 0. */
  readonly gatherMs?: number;
  readonly transport?: Transport;
  readonly host?: Host;
}

/** Events by what became of them, and requests by region, since the start. */
export interface Statistics extends Readonly<Record<Outcome['status'] | 'waiting', number>> {
  readonly regions: Readonly<Record<string, Region['counts']>>;
}

/**
 * Sends events to the primary region, and to the secondary while the primary is away. Each event is stamped once with
 * `event_id` and `timestamp`, so that it is the same one wherever it arrives and however often. One request at a time.
 */
export class FailoverClient {
  private readonly host: Host;
  private readonly events: UnconfirmedEvents;
  /** The regions, in the order in which they are asked. */
  private readonly regions: readonly Region[];
  private readonly counts = { recorded: 0, duplicate: 0, rejected: 0, dropped: 0 };
  private state: 'idle' | 'delivering' | 'closed' = 'idle';
  /** Ends what the delivery waits for. */
  private goOn: () => void = () => undefined;

  constructor(private readonly options: FailoverOptions) {
    const { primary, secondary, key = null, timeoutMs = 5_000, queueLimit = 10_000, host = HOST } = options;
    const regionAt = (address: string, itsKey: string | null) => {
      const transport = options.transport ?? serverTransport(itsKey);
      return new Region(address.replace(/\/+$/, ''), { transport, host, timeoutMs }, () => this.goOn());
    };
    this.host = host;
    this.events = new UnconfirmedEvents(queueLimit);
    this.regions = [regionAt(primary, key), secondary ? regionAt(secondary, options.secondaryKey ?? key) : []].flat();
  }

  /** Takes an event and answers, when it is decided, what became of it. Never rejects. */
  record(event: NewEvent): Promise<Outcome> {
    const outcome = this.events.add(stamped(event, this.host));
    void outcome.then(({ status }) => (this.counts[status] += 1));
    if (this.state === 'closed') this.events.drop();
    else if (this.state === 'idle') void this.deliver();
    return outcome;
  }

  /** Resolves when there is room for one more. A program that records in a loop waits for it, so that nothing is dropped. */
  room(): Promise<void> {
    return this.events.room();
  }

  /** Resolves when every event that was taken is decided. */
  settled(): Promise<void> {
    return this.events.atMost(0);
  }

  /** The events that no region has confirmed, as JSON texts: `record` takes them again, in another process too. */
  get unconfirmed(): readonly string[] {
    return this.events.json;
  }

  /** Addresses, the primary's first. */
  get addresses(): readonly string[] {
    return this.regions.map(({ address }) => address);
  }

  get statistics(): Statistics {
    const regions = Object.fromEntries(this.regions.map(({ address, counts }) => [address, { ...counts }]));
    return { ...this.counts, waiting: this.events.length, regions };
  }

  /** Ends at once. Events that are not confirmed are dropped: wait for `settled` before, where that is not wanted. */
  close(): void {
    this.state = 'closed';
    for (const region of this.regions) region.close();
    this.events.drop();
    this.goOn();
  }

  private async deliver(): Promise<void> {
    this.state = 'delivering';
    const { gatherMs = 0, batchEvents = 500, batchBytes = 1_000_000 } = this.options;
    await this.pause(gatherMs);
    while (this.isOpen() && this.events.length > 0) {
      const region = this.regions.find(({ usable }) => usable);
      if (region === undefined) {
        await this.pause(null);
        continue;
      }
      const sent = await region.send(this.events.batch(batchEvents, batchBytes));
      if (sent === null || !this.isOpen()) continue;
      if ('restMs' in sent) await this.pause(sent.restMs);
      else this.events.confirm(sent.outcomes);
    }
    if (this.isOpen()) this.state = 'idle';
  }

  private isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** Null: until a region is back. Closing ends either. */
  private async pause(milliseconds: number | null): Promise<void> {
    let cancel = () => {};
    await new Promise<void>((resolve) => {
      if (milliseconds !== null) cancel = this.host.after(milliseconds, resolve);
      this.goOn = () => {
        if (milliseconds === null || !this.isOpen()) resolve();
      };
    });
    cancel();
  }
}
