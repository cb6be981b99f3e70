import { setTimeout as pause } from 'node:timers/promises';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { formatInstant } from '../../events/domain/timestamps.js';
import { failpoint } from '../people.failpoints.js';
import type { PersonErasure } from './answers/erasure.answer.js';
import { ErasureKey } from './erasure-key.js';
import { type ErasureStanding, ErasureStore } from './erasure-store.port.js';
import { Eraser } from './erasing/eraser.js';

/** So long a client waits for the answer; then the rest goes on without it. */
const ANSWER_WITHIN_MS = 5_000;
/** Another replica may be at it: it is looked at so often. */
const LOOKS_AGAIN_MS = 100;

/**
 * Erases a person: of what was received until now nothing of them is kept, whatever way it comes in again. Once it is in the log that
 * holds, also when this process is killed at once; what is held is done in portions. Doing it again erases what came since.
 */
export class ErasePersonCommand extends Command<PersonErasure> {
  constructor(readonly userId: string) {
    super();
  }
}

@CommandHandler(ErasePersonCommand)
export class ErasePersonHandler implements ICommandHandler<ErasePersonCommand> {
  constructor(
    private readonly key: ErasureKey,
    private readonly store: ErasureStore,
    private readonly eraser: Eraser,
  ) {}

  /** @throws {ErasureKeyUnfit} */
  async execute({ userId }: ErasePersonCommand): Promise<PersonErasure> {
    const pseudonyms = this.key.fitting(await this.store.keyFingerprint());
    const person = pseudonyms.of(userId);
    await this.store.note({ person, idBytes: Buffer.byteLength(userId) }, userId, pseudonyms.fingerprint);
    await failpoint('after_erasure_noted');
    const { erasedAt, open, events, deadLetters, conflicts } = await this.through(person);
    return {
      person,
      erased_at: formatInstant(erasedAt),
      state: open ? 'running' : 'done',
      events,
      dead_letters: deadLetters,
      conflicts,
    };
  }

  /** How it stands once it is done, or when the answer is due. */
  private async through(person: string): Promise<ErasureStanding> {
    const deadline = performance.now() + ANSWER_WITHIN_MS;
    const due = new AbortController();
    const waited = pause(ANSWER_WITHIN_MS, undefined, { signal: due.signal }).catch(() => undefined);
    try {
      for (;;) {
        await Promise.race([this.eraser.now(), waited]);
        const standing = (await this.store.standing(person))!;
        if (!standing.open || performance.now() >= deadline) return standing;
        await pause(LOOKS_AGAIN_MS);
      }
    } finally {
      due.abort();
    }
  }
}
