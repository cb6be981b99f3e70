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

/** Gives a merge the log of erasures of another region. It is read before any event of that region. */
@Injectable()
export class OtherErasures {
  constructor(
    private readonly store: ErasureStore,
    private readonly key: ErasureKey,
    private readonly eraser: Eraser,
    private readonly erasures: Erasures,
  ) {}

  /** Whether its hashes are made with the key that is set here, and with which the own hashes are made. */
  async fits({ key_fingerprint: theirs }: ErasuresPage): Promise<boolean> {
    if (theirs === null) return true;
    const own = await this.store.keyFingerprint();
    return this.key.current?.fingerprint === theirs && (own === null || own === theirs);
  }

  /** From here on these erasures hold here. What is held of these persons is erased later, in the background or by `finish`. */
  async take({ key_fingerprint: theirs, erasures }: ErasuresPage): Promise<void> {
    if (theirs === null) return;
    const taken = erasures.map((one) => ({ person: one.person, idBytes: one.id_bytes, erasedAt: one.erased_at }));
    await this.store.take(taken, theirs);
    void this.eraser.now();
  }

  /** Whether anybody was erased after this time, here or in a region that was merged. @param receivedAt epoch milliseconds */
  anySince(receivedAt: number): boolean {
    return receivedAt <= this.erasures.log.latest;
  }

  isErased(userId: string, receivedAt: number): boolean {
    return this.erasures.log.isErased(userId, receivedAt);
  }

  /** Erases the person of events that were here before, where the other region holds these events without a person, or will do so. */
  twins(identities: readonly Identity[]): Promise<void> {
    return this.store.eraseTwins(identities);
  }

  /** Erases now what is left. */
  finish(): Promise<void> {
    return this.eraser.now();
  }
}
