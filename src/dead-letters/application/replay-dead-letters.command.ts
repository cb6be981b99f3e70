import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RejectionReason } from '../../events/domain/rejection.js';
import { portions } from '../domain/portions.js';
import type { ReplayTally } from './answers/replay.answer.js';
import { decodeLetterCursor, encodeLetterCursor } from './dead-letter-cursor.js';
import { DeadLetterReplays } from './dead-letter-replays.port.js';
import type { DeadLetterPosition } from './dead-letters-reader.port.js';
import { Replayer } from './replayer.js';

/** Letters that are looked up at once, without their bytes. */
const PAGE = 500;
/** Bytes of payloads that one statement goes through; one letter reaches 64 MiB. */
const PORTION_BYTES = 8 * 1024 * 1024;

/** The result while it is being counted. */
type Tally = { -readonly [Name in keyof ReplayTally]: ReplayTally[Name] };

/** Tries again to record open dead letters of a reason as they were, oldest first. */
export class ReplayDeadLettersCommand extends Command<ReplayTally> {
  constructor(
    readonly filter: { readonly reason: RejectionReason; /** Full name. */ readonly topic: string | null },
    /** The most letters that are looked at. */
    readonly limit: number,
    readonly cursor: string | null,
  ) {
    super();
  }
}

@CommandHandler(ReplayDeadLettersCommand)
export class ReplayDeadLettersHandler implements ICommandHandler<ReplayDeadLettersCommand> {
  constructor(
    private readonly replays: DeadLetterReplays,
    private readonly replayer: Replayer,
  ) {}

  /** A letter that is rejected again stays open with the same reason, so a cursor leads past it. @throws {InvalidCursor} @throws {OutcomeUnknown} */
  async execute({ filter, limit, cursor }: ReplayDeadLettersCommand): Promise<ReplayTally> {
    const tally: Tally = { recorded: 0, duplicate: 0, rejected: 0, skipped: 0, next_cursor: null };
    let last: DeadLetterPosition | null = cursor === null ? null : decodeLetterCursor(cursor);
    for (let left = limit; left > 0;) {
      const page = await this.replays.open(filter, last, Math.min(left, PAGE));
      for (const portion of portions(page, ({ payloadBytes }) => payloadBytes, PORTION_BYTES)) {
        await this.replay(
          portion.map(({ id }) => id),
          tally,
        );
      }
      last = page.at(-1) ?? last;
      left -= page.length;
      if (page.length < PAGE && left > 0) return tally;
    }
    const more = await this.replays.open(filter, last, 1);
    if (more.length > 0 && last) tally.next_cursor = encodeLetterCursor(last);
    return tally;
  }

  private async replay(ids: readonly string[], tally: Tally): Promise<void> {
    const claimed = await this.replays.claim(ids);
    tally.skipped += ids.length - claimed.length;
    if (claimed.length === 0) return;
    for (const { verdict, standing } of await this.replayer.replay(claimed, null)) {
      tally[standing ? verdict.status : 'skipped'] += 1;
    }
  }
}
