import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Verdict } from '../../events/domain/verdict.js';
import { BrokenRule } from '../../platform/broken-rule.js';
import { DeadLetterReplays, type LetterStanding } from './dead-letter-replays.port.js';
import { DeadLetterNotFound } from './get-dead-letter.query.js';
import { Replayer } from './replayer.js';

/** Another replay has claimed the letter. */
export class ReplayConflict extends BrokenRule {
  override readonly name = 'ReplayConflict';
  constructor() {
    super(
      409,
      'replay_conflict',
      'Another replay has this dead letter in hand: ask again shortly; a claim ends after a minute at most.',
    );
  }
}

/** The person of the letter was erased, and its bytes with them. */
export class LetterErased extends BrokenRule {
  override readonly name = 'LetterErased';
  constructor() {
    super(
      409,
      'dead_letter_erased',
      'The person of this dead letter was erased, and its bytes with them: there is nothing to replay.',
    );
  }
}

/**
 * Tries again to record one dead letter, with its own bytes or with a corrected event. A letter that was replayed stays so:
 * another request answers `duplicate` and records nothing, whatever its body is.
 */
export class ReplayDeadLetterCommand extends Command<{ verdict: Verdict; standing: LetterStanding }> {
  constructor(
    readonly id: string,
    /** The corrected event as it was sent; null: the letter's own bytes. */
    readonly correction: Buffer | null,
  ) {
    super();
  }
}

@CommandHandler(ReplayDeadLetterCommand)
export class ReplayDeadLetterHandler implements ICommandHandler<ReplayDeadLetterCommand> {
  constructor(
    private readonly replays: DeadLetterReplays,
    private readonly replayer: Replayer,
  ) {}

  /** @throws {DeadLetterNotFound} @throws {LetterErased} @throws {ReplayConflict} @throws {OutcomeUnknown} */
  async execute({ id, correction }: ReplayDeadLetterCommand): Promise<{ verdict: Verdict; standing: LetterStanding }> {
    const claimed = await this.replays.claim([id]);
    if (claimed.length === 0) return this.unclaimed(id);
    const [replayed] = await this.replayer.replay(claimed, correction);
    if (!replayed?.standing) return this.unclaimed(id);
    return { verdict: replayed.verdict, standing: replayed.standing };
  }

  private async unclaimed(id: string): Promise<{ verdict: Verdict; standing: LetterStanding }> {
    const standing = await this.replays.standing(id);
    if (!standing) throw new DeadLetterNotFound();
    if (standing.state === 'erased') throw new LetterErased();
    if (standing.event_id === null) throw new ReplayConflict();
    return { verdict: { status: 'duplicate', eventId: standing.event_id }, standing };
  }
}
