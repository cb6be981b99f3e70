import { Injectable } from '@nestjs/common';
import { Erasures } from '../../events/application/erasures.port.js';
import type { EventType } from '../../events/domain/event-type.js';
import type { ErasuresPage } from './answers/erasure.answer.js';
import { Eraser } from './erasing/eraser.js';
import { ErasureKey } from './erasure-key.js';
import { ErasureStore } from './erasure-store.port.js';

interface Identity {
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** The log of erasures of another region, for the merge: before any of its events. */
@Injectable()
export class OtherErasures {
  constructor(
    private readonly store: ErasureStore,
    private readonly key: ErasureKey,
    private readonly eraser: Eraser,
    private readonly erasures: Erasures,
  ) {}

  /** Whether its hashes are made with the key that is set here, and that this region's own are made with. */
  async fits({ key_fingerprint: theirs }: ErasuresPage): Promise<boolean> {
    if (theirs === null) return true;
    const own = await this.store.keyFingerprint();
    return this.key.current?.fingerprint === theirs && (own === null || own === theirs);
  }

  /** From here on they hold here. What is held here of these persons is left to be done: in the background, or by `finish`. */
  async take({ key_fingerprint: theirs, erasures }: ErasuresPage): Promise<void> {
    if (theirs === null) return;
    const taken = erasures.map((one) => ({ person: one.person, idBytes: one.id_bytes, erasedAt: one.erased_at }));
    await this.store.take(taken, theirs);
    void this.eraser.now();
  }

  /** Whether anybody was erased since, here or in a region that was merged. @param receivedAt epoch milliseconds */
  anySince(receivedAt: number): boolean {
    return receivedAt <= this.erasures.log.latest;
  }

  isErased(userId: string, receivedAt: number): boolean {
    return this.erasures.log.isErased(userId, receivedAt);
  }

  /** Events whose person is erased there, or will be, and that were here before. */
  twins(identities: readonly Identity[]): Promise<void> {
    return this.store.eraseTwins(identities);
  }

  /** What is left to do now. */
  finish(): Promise<void> {
    return this.eraser.now();
  }
}
