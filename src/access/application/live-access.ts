import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { inTime } from '../../platform/clock/in-time.js';
import { Logger } from '../../platform/observability/logger.js';
import type { KeyHolder } from './key-holder.js';
import { ConfiguredKey } from './keys/configured-key.js';
import { ChangedKeys } from './keys/changed-keys.port.js';
import { LiveKeys } from './keys/live-keys.js';
import { LiveSessions } from './sessions/live-sessions.js';

/**
 * A key that is revoked anywhere is refused here within 5 s. A reading that is lost, or slow, does no harm: the next one
 * begins beside it.
 */
const EVERY_MS = 2_000;
const STALE_MS = 5_000;
/** The time of a whole reading. One that takes longer would know nothing fresh at its end. */
const LONGEST_READING_MS = 4_500;
const MOST_READINGS = 2;

/** The proof that somebody shows: a secret, as its digest, or the cookie of a session. */
export type Credential =
  { readonly kind: 'key'; readonly digest: Buffer } | { readonly kind: 'session'; readonly cookie: string };

/** How much is known of the keys of the table: nothing yet, all of it, or no more than what was true a while ago. */
export type Knowledge = 'none' | 'fresh' | 'stale';

/**
 * Keeps keys and sessions in memory, read again every 2 s.
 *
 * | state | readAt | failing | who needs to know |
 * |---|---|---|---|
 * | nothing known yet | null | false | waits for a reading, 5 s at most |
 * | fresh | within 5 s | either | goes on at once |
 * | stale | longer ago | false | waits for a reading, 5 s at most |
 * | cannot be read | null, or longer ago | true | is told at once |
 */
@Injectable()
export class LiveAccess extends ChangedKeys implements OnModuleInit, OnModuleDestroy {
  /** `performance.now()` at the start of the youngest reading that succeeded. */
  private readAt: number | null = null;
  /** The last reading failed, and none that began after it has succeeded. */
  private failing = false;
  private readonly readings = new Set<Promise<void>>();
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | null = null;
  private staleness: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly keys: LiveKeys,
    private readonly sessions: LiveSessions,
    private readonly configured: ConfiguredKey,
    private readonly logger: Logger,
  ) {
    super();
  }

  onModuleInit(): void {
    void this.begin();
    this.timer = setInterval(() => {
      if (this.readings.size < MOST_READINGS) void this.begin();
    }, EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
    clearTimeout(this.staleness);
    this.timer = null;
  }

  /** Called whenever something was read, when that failed, and when what is known gets too old to be trusted. */
  onReading(listener: () => void): void {
    this.listeners.push(listener);
  }

  get knowledge(): Knowledge {
    if (this.readAt === null) return 'none';
    return performance.now() - this.readAt > STALE_MS ? 'stale' : 'fresh';
  }

  get keysExist(): boolean {
    return this.configured.digest !== null || this.keys.exist;
  }

  /**
   * Resolves at once when what is known is fresh, or cannot be read; else after a reading under way, or when that takes
   * longer than keys may go unread: a process that starts, or got no processor for a while, is not without its database.
   */
  async whenKnown(): Promise<void> {
    if (this.isSettled) return;
    if (this.readings.size === 0) void this.begin();
    await new Promise<void>((resolve) => {
      const goOn = () => {
        clearTimeout(patience);
        this.waiting.delete(goOn);
        resolve();
      };
      const patience = setTimeout(goOn, STALE_MS).unref();
      this.waiting.add(goOn);
    });
  }

  /** The holder of a credential at this moment, as far as memory tells. */
  holderOf(credential: Credential): KeyHolder | null {
    if (credential.kind === 'session') return this.sessions.known(credential.cookie)?.holder ?? null;
    return this.configured.is(credential.digest) ? this.configured.holder : this.keys.find(credential.digest);
  }

  /** Whether it is API_TOKEN, for which no table need be read. */
  isConfigured(credential: Credential): boolean {
    return credential.kind === 'key' && this.configured.is(credential.digest);
  }

  /** Reads what is in force now, whatever reading is under way. */
  override applyNow(): Promise<void> {
    return this.begin();
  }

  private get isSettled(): boolean {
    return this.failing || this.knowledge === 'fresh';
  }

  /** Never rejects. */
  private begin(): Promise<void> {
    const reading = this.read().finally(() => {
      this.readings.delete(reading);
      // It was answered too late to be of use.
      if (this.waiting.size > 0 && this.readings.size === 0) void this.begin();
    });
    this.readings.add(reading);
    return reading;
  }

  private async read(): Promise<void> {
    const began = performance.now();
    try {
      await inTime(this.readBoth(), LONGEST_READING_MS, 'reading the keys');
      this.succeeded(began);
    } catch (error) {
      this.failed(began, error);
    }
    this.tell();
  }

  private async readBoth(): Promise<void> {
    await this.keys.read();
    // From here on a caller who is refused takes no more of an open answer, however long the sessions take.
    if (this.knowledge === 'fresh') this.tell();
    await this.sessions.read();
  }

  private succeeded(began: number): void {
    if (this.readAt !== null && this.readAt > began) return;
    this.readAt = began;
    this.failing = false;
    clearTimeout(this.staleness);
    const left = began + STALE_MS - performance.now();
    if (this.timer !== null) this.staleness = setTimeout(() => this.tell(), Math.max(0, left) + 1).unref();
  }

  private failed(began: number, error: unknown): void {
    if (this.readAt !== null && this.readAt > began) return;
    if (!this.failing && this.timer !== null) this.logger.warn({ err: error }, 'the keys cannot be read, tried again');
    this.failing = true;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
    if (this.isSettled) for (const goOn of this.waiting) goOn();
  }
}
