import type { BrokerLog } from '../../broker-log.js';
import { LOOKUP, METADATA_FAILED, type MessageValues } from '../codec/protocol.js';
import { hostAndPort, parseBrokerAddresses, sameAddress, type BrokerAddress } from '../../broker-address.js';
import { BrokerProof, type ProofSources } from '../../credentials/broker-proof.js';
import { BrokerSession } from './broker-session.js';
import { parseTopicName } from '../../topic-name.js';
import { ConnectionError } from '../../reconnect-delays.js';
import { serverError } from './broker-refusal.js';

/** Brokers that send us in circles are left after so many hops. */
const MAX_REDIRECTS = 20;

export interface DirectoryOptions extends ProofSources {
  /** `pulsar://…` or `pulsar+ssl://…`, of one broker or several. */
  readonly serviceUrl: string;
  /** PEM certificates of a private authority. */
  readonly ca?: string | null;
  /** Milliseconds between pings; default 15,000: a broker closes what sent nothing between two of its own, 30 s apart. */
  readonly heartbeatMs?: number;
  readonly log: BrokerLog;
}

/** Finds the broker that owns a topic. */
export class BrokerDirectory {
  readonly log: BrokerLog;
  private readonly addresses: readonly BrokerAddress[];
  /** By the topic's full name. */
  private readonly moved = new Map<string, readonly BrokerAddress[]>();
  private turn = 0;

  constructor(private readonly options: DirectoryOptions) {
    this.log = options.log;
    this.addresses = parseBrokerAddresses(options.serviceUrl);
  }

  /** The brokers that know where the topic is: those of the service, or of the cluster that it has moved to. @param topic or a partition */
  whereIs(topic: string): readonly BrokerAddress[] {
    return this.moved.get(parseTopicName(topic).full) ?? this.addresses;
  }

  /**
   * The topic has moved to another cluster; others may have stayed, and so may partitions of it with messages that are not
   * acknowledged.
   *
   * @returns the brokers there
   * @throws ConnectionError when the broker names none, as it hands on whatever its administrator wrote
   */
  move(topic: string, urls: { plain: string | undefined; tls: string | undefined }): readonly BrokerAddress[] {
    const url = this.choose(urls.plain, urls.tls);
    if (!url) throw new ConnectionError(this.noAddress(), true);
    try {
      const there = parseBrokerAddresses(url);
      this.moved.set(parseTopicName(topic).full, there);
      return there;
    } catch (error) {
      throw new ConnectionError((error as Error).message, true);
    }
  }

  /**
   * How many partitions the topic has; 0: it is not partitioned.
   * @param over a session to ask over; null: one of its own
   * @throws ConnectionError
   */
  async partitions(topic: string, over: BrokerSession | null, signal: AbortSignal): Promise<number> {
    const session = over ?? (await this.connect(this.next(this.whereIs(topic)), null, signal));
    try {
      const {
        response,
        partitions = 0,
        error,
        message,
      } = await session.request('CommandPartitionedTopicMetadata', { topic });
      if (response === METADATA_FAILED || error !== undefined) throw serverError(error, message);
      return partitions;
    } finally {
      if (!over) void session.close();
    }
  }

  /** A session with the broker that owns the topic. @param among brokers to ask for it @throws ConnectionError */
  async connectToOwner(topic: string, among: readonly BrokerAddress[], signal: AbortSignal): Promise<BrokerSession> {
    const service = this.next(among);
    let session = await this.connect(service, null, signal);
    let authoritative = false;
    try {
      for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
        const answer: MessageValues<'CommandLookupTopicResponse'> = await session.request('CommandLookupTopic', {
          topic,
          authoritative,
        });
        const { response, error, message, proxy_through_service_url: proxied } = answer;
        const url = this.choose(answer.broker_service_url, answer.broker_service_url_tls);
        if (response === LOOKUP.Failed || error !== undefined) throw serverError(error, message);
        if (!url) throw new ConnectionError(this.noAddress(), true);
        const owner = parseBrokerAddresses(url)[0]!;
        const here = sameAddress(owner, session.options.address);
        if (response !== LOOKUP.Redirect && here && !proxied) return session;
        await session.close();
        session = proxied
          ? await this.connect(service, hostAndPort(owner), signal)
          : await this.connect(owner, null, signal);
        if (response !== LOOKUP.Redirect) return session;
        authoritative = answer.authoritative ?? false;
      }
      throw new ConnectionError(`the brokers sent us on more than ${MAX_REDIRECTS} times for ${topic}`);
    } catch (error) {
      await session.close();
      throw error instanceof ConnectionError ? error : new ConnectionError((error as Error).message);
    }
  }

  private async connect(address: BrokerAddress, proxyTo: string | null, signal: AbortSignal): Promise<BrokerSession> {
    const { ca = null, heartbeatMs = 15_000 } = this.options;
    const proof = await BrokerProof.gather(this.options);
    return BrokerSession.open({ address, proxyTo, proof, ca, heartbeatMs }, signal);
  }

  /** The hosts are tried in turn, so that one that is down does not stand in the way. */
  private next(among: readonly BrokerAddress[]): BrokerAddress {
    return among[this.turn++ % among.length]!;
  }

  private choose(plain: string | undefined, tls: string | undefined): string | undefined {
    return (this.addresses[0]!.tls ? tls : plain) || undefined;
  }

  private noAddress(): string {
    return `the broker names no address ${this.addresses[0]!.tls ? 'with TLS for pulsar+ssl://' : 'without TLS for pulsar://'}`;
  }
}
