import { setTimeout as pause } from 'node:timers/promises';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { formatInstant } from '../../events/domain/timestamps.js';
import { failpoint } from '../people.failpoints.js';
import type { PersonErasure } from './answers/erasure.answer.js';
import { ErasureKey } from './erasure-key.js';
import { type ErasureStanding, ErasureStore } from './erasure-store.port.js';
import { Eraser } from './erasing/eraser.js';

/** A client waits so long for the answer. After that the work goes on without it. */
const ANSWER_WITHIN_MS = 5_000;
/** Another replica may do the work, so its progress is looked at so often. */
const LOOKS_AGAIN_MS = 100;

/**
 * Erases a person: nothing is kept of what was received until now, however it may come in again. This holds as soon as the
 * erasure is in the log, even if the process is killed at once. What is held is erased in portions. A second call erases
 * what came since the first.
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

  /** How far the erasure is when it is done, or when the answer is due. */
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
