import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { sameDigest } from '../../domain/secret.js';
import type { KeyHolder } from '../key-holder.js';
import { LiveAccessReader, type LiveSecret } from '../live-access-reader.port.js';
import { Readings } from '../readings.js';

/** The keys of the table, in memory: no request waits for the database to be let in. */
@Injectable()
export class LiveKeys {
  /** The secrets by their digest in hexadecimal. Looking one up tells nothing of a secret, because a caller cannot choose digests. */
  private secrets: ReadonlyMap<string, LiveSecret> = new Map();
  /** When each key was used last, by its id; `takeUsed` takes these. */
  private used = new Map<string, number>();
  private readonly readings = new Readings();

  constructor(
    private readonly reader: LiveAccessReader,
    private readonly clock: Clock,
  ) {}

  /** The keys as they were last read. */
  get exist(): boolean {
    return this.secrets.size > 0;
  }

  async read(): Promise<void> {
    const counts = this.readings.begin();
    const secrets = await this.reader.secrets();
    if (!counts()) return;
    this.secrets = new Map(secrets.map((secret) => [secret.digest.toString('hex'), secret]));
  }

  find(digest: Buffer): KeyHolder | null {
    const secret = this.secrets.get(digest.toString('hex'));
    if (!secret || !sameDigest(secret.digest, digest)) return null;
    return secret.expiresAt !== null && secret.expiresAt <= this.clock.now() ? null : secret;
  }

  use(keyId: string): void {
    this.used.set(keyId, this.clock.now());
  }

  /** When keys were used since the last call, epoch milliseconds by key. */
  takeUsed(): ReadonlyMap<string, number> {
    const used = this.used;
    this.used = new Map();
    return used;
  }
}
