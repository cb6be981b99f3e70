import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../../platform/clock/clock.js';
import { digestOf, proofOf, sameDigest } from '../../domain/secret.js';
import { sessionEnd } from '../../domain/session-lifetime.js';
import type { KeyHolder } from '../key-holder.js';
import { CONFIGURED_KEY_ID, ConfiguredKey } from '../keys/configured-key.js';
import { LiveKeys } from '../keys/live-keys.js';
import { LiveAccessReader, type StoredSession } from '../live-access-reader.port.js';
import { Readings } from '../readings.js';
import { SessionLookups } from './session-lookups.js';

/** So many sessions are held in memory; others are looked up when they come. */
const MOST_SESSIONS = 10_000;

/** A page that is signed in. */
export interface LiveSession {
  readonly holder: KeyHolder;
  /** The session ends at this time unless it is used before, epoch milliseconds. */
  readonly expiresAt: number;
}

/** The sessions that this process has met, as they stood when they were last read. */
@Injectable()
export class LiveSessions {
  private readonly sessions = new LRUCache<string, StoredSession>({ max: MOST_SESSIONS });
  /** When each session was last used here, by its digest in hexadecimal; `takeLastUses` takes these. */
  private lastUses = new Map<string, number>();
  private readonly readings = new Readings();
  private readonly lookups: SessionLookups;

  constructor(
    private readonly reader: LiveAccessReader,
    private readonly keys: LiveKeys,
    private readonly configured: ConfiguredKey,
    private readonly clock: Clock,
  ) {
    this.lookups = new SessionLookups(reader);
  }

  async read(): Promise<void> {
    const counts = this.readings.begin();
    const asked = [...this.sessions.values()].map(({ digest }) => digest);
    if (asked.length === 0) return;
    const alive = new Map((await this.reader.sessions(asked)).map((session) => [hex(session.digest), session]));
    if (!counts()) return;
    for (const digest of asked.map(hex)) {
      const session = alive.get(digest);
      // A session that was ended here meanwhile stays ended.
      if (!this.sessions.has(digest)) continue;
      if (session) this.sessions.set(digest, session);
      else this.sessions.delete(digest);
    }
  }

  /** The holder of a session, even of one that was opened on another replica a moment ago. @throws {Overloaded} */
  async find(cookie: string): Promise<LiveSession | null> {
    const digest = digestOf(cookie);
    if (!this.sessions.has(hex(digest))) {
      const stored = await this.lookups.find(digest);
      if (!stored) return null;
      this.sessions.set(hex(digest), stored);
    }
    return this.known(cookie);
  }

  /** A session that this process has met, if it is still alive. */
  known(cookie: string): LiveSession | null {
    const digest = hex(digestOf(cookie));
    const stored = this.sessions.get(digest);
    if (!stored) return null;
    const holder = this.holderOf(cookie, stored);
    const expiresAt = sessionEnd(stored.createdAt, Math.max(stored.lastSeen, this.lastUses.get(digest) ?? 0));
    return holder && expiresAt > this.clock.now() ? { holder, expiresAt } : null;
  }

  use(cookie: string): void {
    this.lastUses.set(hex(digestOf(cookie)), this.clock.now());
  }

  forget(digest: Buffer): void {
    this.sessions.delete(hex(digest));
  }

  /** When sessions were used since the last call, epoch milliseconds by digest. */
  takeLastUses(): ReadonlyMap<string, number> {
    const lastUses = this.lastUses;
    this.lastUses = new Map();
    // The times that are taken are stored now, and read again only in a moment.
    for (const [digest, at] of lastUses) {
      const stored = this.sessions.get(digest);
      if (stored) this.sessions.set(digest, { ...stored, lastSeen: Math.max(stored.lastSeen, at) });
    }
    return lastUses;
  }

  /** A session lives no longer than the secret that it was opened with. */
  private holderOf(cookie: string, { keyId, proof }: StoredSession): KeyHolder | null {
    if (keyId !== CONFIGURED_KEY_ID) return this.keys.find(proof);
    const { digest, holder } = this.configured;
    return digest !== null && sameDigest(proof, proofOf(cookie, digest)) ? holder : null;
  }
}

const hex = (digest: Buffer): string => digest.toString('hex');
