import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { namesOfUser, personOfLetter } from '../../../dead-letters/domain/letter-person.js';
import { eventTypeOf } from '../../../events/application/topic-of.js';
import { personOfContent } from '../../../events/domain/content/erased-content.js';
import { eventKeyOf } from '../../../events/domain/event-identity.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { inTurns } from '../../../platform/turns/in-turns.js';
import { Config } from '../../../platform/config/config.js';
import { Housekeeping } from '../../../platform/housekeeping/housekeeping.js';
import { Health } from '../../../platform/observability/health.js';
import { Logger } from '../../../platform/observability/logger.js';
import { failpoint } from '../../people.failpoints.js';
import { ErasureKey } from '../erasure-key.js';
import { ErasureStore } from '../erasure-store.port.js';
import type { HeldConflict, HeldLetter, LetterPlace } from '../held-letters.js';
import {
  type ErasureClaim,
  ErasureWork,
  type FactPlace,
  type NamedErasure,
  type OpenErasure,
} from './erasure-work.port.js';

const LOOKS_EVERY_MS = 15_000;
/**
 * Between two portions it rests as long as the last one took, but no longer than this. So recording has half of PostgreSQL
 * for itself.
 */
const LONGEST_PAUSE_MS = 250;

/**
 * Does what erasures have left to do, in portions that are committed one by one. If a process is killed, the replica that
 * looks next goes on. One replica at a time does this. Recording goes on meanwhile, because it already leaves out what the
 * log names.
 */
@Injectable()
export class Eraser implements OnModuleInit, OnModuleDestroy {
  private running: Promise<void> | null = null;

  constructor(
    private readonly work: ErasureWork,
    private readonly store: ErasureStore,
    private readonly key: ErasureKey,
    private readonly config: Config,
    private readonly housekeeping: Housekeeping,
    private readonly health: Health,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'erasing persons',
      everyMs: LOOKS_EVERY_MS,
      // It may take long, and other duties do not wait for it.
      run: () => {
        void this.now();
        return Promise.resolve();
      },
    });
  }

  /** Resolves when the portion that is under way is committed, or never will be. */
  async onModuleDestroy(): Promise<void> {
    await this.running;
  }

  /**
   * Does what is left to do, or waits for the round that is under way. It never rejects: a failure is logged, and the work
   * is tried again.
   */
  now(): Promise<void> {
    return (this.running ??= this.run().finally(() => (this.running = null)));
  }

  private async run(): Promise<void> {
    let claim: ErasureClaim | null = null;
    try {
      claim = await this.work.claim();
      while (claim !== null && !this.stopping.aborted) {
        const open = await claim.open();
        if (open.length === 0) break;
        await this.erase(claim, open);
      }
    } catch (error) {
      if (!this.stopping.aborted) this.logger.warn({ err: error }, 'an erasure is not done, tried again');
    } finally {
      await claim?.release();
    }
  }

  private get stopping(): AbortSignal {
    return this.health.draining;
  }

  /** @throws the reason of the stop */
  private async erase(claim: ErasureClaim, open: readonly OpenErasure[]): Promise<void> {
    const named = await claim.named(open);
    for (const erasure of named) await this.eraseFacts(claim, erasure);
    const looked = await this.looking(open, named);
    await this.eraseLetters(claim, looked);
    await this.eraseConflicts(claim, looked);
    for (const erasure of open) {
      await claim.finish(erasure);
      const { person } = erasure;
      this.logger.info({ person, ...(await this.store.standing(person)) }, 'a person was erased');
    }
  }

  private async eraseFacts(claim: ErasureClaim, erasure: NamedErasure): Promise<void> {
    let latest = -Infinity;
    let after: FactPlace | null = null;
    do {
      this.stopping.throwIfAborted();
      const began = performance.now();
      const portion = await claim.eraseFacts(erasure, after);
      latest = Math.max(latest, portion.latest);
      after = portion.next;
      await failpoint('after_erasure_portion');
      if (after !== null) await pause(Math.min(performance.now() - began, LONGEST_PAUSE_MS));
    } while (after !== null);
    if (latest > erasure.erasedAt) await claim.raise(erasure, latest);
  }

  /** Tells the erased person of a user id: by the ids if all of them are known, else by their hashes. */
  private async looking(open: readonly OpenErasure[], named: readonly NamedErasure[]): Promise<Looking> {
    const byId = new Map(named.map((erasure) => [erasure.userId, erasure]));
    if (byId.size === open.length) {
      const userIds = [...byId.keys()];
      return { of: (userId) => byId.get(userId) ?? null, idLengths: new Set(userIds.map(idBytes)), userIds };
    }
    const pseudonyms = this.key.fitting(await this.store.keyFingerprint());
    const byHash = new Map(open.map((erasure) => [erasure.person, erasure]));
    return {
      of: (userId) => byHash.get(pseudonyms.of(userId)) ?? null,
      idLengths: new Set(open.map((erasure) => erasure.idBytes)),
      userIds: null,
    };
  }

  private async eraseLetters(claim: ErasureClaim, looking: Looking): Promise<void> {
    let after: LetterPlace | null = null;
    do {
      this.stopping.throwIfAborted();
      const { letters, next } = await claim.letters(after, looking.userIds);
      const erased: { id: string; person: string; eventId: string | null }[] = [];
      const became: { id: string; eventId: string }[] = [];
      for (const letter of letters) {
        const { id, eventId } = letter;
        const person = await this.personOf(letter, looking);
        if (person !== null) erased.push({ id, person, eventId });
        else if (eventId !== null && eventId !== eventKeyOf(eventId)) became.push({ id, eventId });
      }
      if (erased.length > 0) await claim.eraseLetters(erased);
      if (became.length > 0) await claim.forgetEventIds(became);
      after = next;
    } while (after !== null);
  }

  private async personOf(letter: HeldLetter, { of, idLengths }: Looking): Promise<string | null> {
    const isTheirs = (userId: string) => letter.receivedAt <= (of(userId)?.erasedAt ?? -Infinity);
    const names = namesOfUser(eventTypeOf(letter.topic, this.config), this.config.of(EVENTS_VARIABLES).EVENT_SYNONYMS);
    const userId = await inTurns(personOfLetter(letter, names, { has: isTheirs, idLengths }), this.stopping);
    return userId === null ? null : of(userId)!.person;
  }

  private async eraseConflicts(claim: ErasureClaim, { of }: Looking): Promise<void> {
    for (let after: HeldConflict | null = null; ;) {
      this.stopping.throwIfAborted();
      const page: readonly HeldConflict[] = await claim.conflicts(after);
      const erased = page.flatMap((conflict) => {
        const userId = personOfContent(conflict.content);
        const erasure = userId === null ? null : of(userId);
        return erasure === null ? [] : [{ conflict, person: erasure.person }];
      });
      if (erased.length > 0) await claim.eraseConflicts(erased);
      const last = page.at(-1);
      if (!last) return;
      after = last;
    }
  }
}

/** The persons for whom letters and conflicts are searched. */
interface Looking {
  /** Null: no person has this id. */
  readonly of: (userId: string) => OpenErasure | null;
  /** In UTF-8. */
  readonly idLengths: ReadonlySet<number>;
  /** Null: of some persons only the hash is known. */
  readonly userIds: readonly string[] | null;
}

const idBytes = (userId: string) => Buffer.byteLength(userId);
