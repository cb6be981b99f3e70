import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Logger } from '../../platform/observability/logger.js';
import type { KeyHolder } from './key-holder.js';
import { ConfiguredKey } from './keys/configured-key.js';
import { ChangedKeys } from './keys/changed-keys.port.js';
import { LiveKeys } from './keys/live-keys.js';
import { LiveSessions } from './sessions/live-sessions.js';

/** A key that is revoked anywhere is refused here within 5 s: one reading that is lost, or slow, does no harm. */
const EVERY_MS = 2_000;
const STALE_MS = 5_000;

/** What somebody shows: a secret, as its digest, or the cookie of a session. */
export type Credential =
  { readonly kind: 'key'; readonly digest: Buffer } | { readonly kind: 'session'; readonly cookie: string };

/** How much is known of the keys of the table: nothing yet, all of it, or no more than what was true a while ago. */
export type Knowledge = 'none' | 'fresh' | 'stale';

/** Keeps keys and sessions in memory, read again every 2 s. */
@Injectable()
export class LiveAccess extends ChangedKeys implements OnModuleInit, OnModuleDestroy {
  /** `performance.now()` at the start of the last reading that succeeded. */
  private readAt: number | null = null;
  private reading: Promise<void> | null = null;
  private failing = false;
  private timer: NodeJS.Timeout | null = null;
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
    void this.tick();
    this.timer = setInterval(() => void this.tick(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Called whenever something was read, and when that failed: what was true may no longer be. */
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
   * Resolves at once when what is known is fresh, or cannot be read; else after the reading under way, or when that takes
   * longer than keys may go unread: a process that starts, or got no processor for a while, is not without its database.
   */
  async whenKnown(): Promise<void> {
    if (this.knowledge === 'fresh' || this.failing) return;
    let patience: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (patience = setTimeout(resolve, STALE_MS).unref()));
    await Promise.race([this.tick(), late]);
    clearTimeout(patience);
  }

  /** Who is known by it at this moment, as far as memory tells. */
  holderOf(credential: Credential): KeyHolder | null {
    if (credential.kind === 'session') return this.sessions.known(credential.cookie)?.holder ?? null;
    return this.configured.is(credential.digest) ? this.configured.holder : this.keys.find(credential.digest);
  }

  /** Whether it is API_TOKEN, for which no table need be read. */
  isConfigured(credential: Credential): boolean {
    return credential.kind === 'key' && this.configured.is(credential.digest);
  }

  /** Reads what is in force now, whatever reading is under way. */
  override async applyNow(): Promise<void> {
    await this.reading;
    await this.tick();
  }

  /** Never rejects. */
  private tick(): Promise<void> {
    return (this.reading ??= this.read().finally(() => (this.reading = null)));
  }

  private async read(): Promise<void> {
    const began = performance.now();
    try {
      await this.keys.read();
      // Who is refused from here on takes no more of an answer that is open, however long the sessions take.
      if (this.knowledge === 'fresh') this.tell();
      await this.sessions.read();
      this.readAt = began;
      this.failing = false;
    } catch (error) {
      if (!this.failing && this.timer !== null)
        this.logger.warn({ err: error }, 'the keys cannot be read, tried again');
      this.failing = true;
    }
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
