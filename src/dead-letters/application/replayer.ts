import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { OutcomeUnknown } from '../../events/application/event-store.port.js';
import { RecordEventCommand } from '../../events/application/record-event.command.js';
import { senderPatienceMs } from '../../events/application/sender-patience.js';
import type { RejectedVerdict, Verdict } from '../../events/domain/verdict.js';
import { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/observability/logger.js';
import { type ClaimedLetter, DeadLetterReplays, type LetterStanding } from './dead-letter-replays.port.js';
import { replayedEvent } from './replayed-event.js';

export interface Replayed {
  readonly verdict: Verdict;
  /** Null: the claim ran out, and another replay concluded it. */
  readonly standing: LetterStanding | null;
}

/** Sends claimed letters through the one command that records every event, and notes what became of them. */
@Injectable()
export class Replayer {
  constructor(
    private readonly commands: CommandBus,
    private readonly replays: DeadLetterReplays,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  /**
   * Replays letters. A crash in between is harmless, because the letter is bound to the event that was recorded, and the
   * next replay finds it.
   *
   * @param correction replaces the bytes of every letter; null: each letter keeps its own
   * @throws OutcomeUnknown the letters are released; what is recorded later is noted then
   */
  async replay(letters: readonly ClaimedLetter[], correction: Buffer | null): Promise<Replayed[]> {
    const verdicts = await this.verdicts(letters, correction);
    const outcomes = letters.map(({ id }, index) => {
      const verdict = verdicts[index]!;
      if (verdict.status !== 'rejected') return { id, recordedAs: verdict.eventId };
      return { id, refusal: correction === null ? refusalOf(verdict) : null };
    });
    const standings = await this.replays.conclude(outcomes);
    const byId = new Map(standings.map((standing) => [standing.id, standing]));
    return letters.map(({ id }, index) => ({ verdict: verdicts[index]!, standing: byId.get(id) ?? null }));
  }

  private async verdicts(letters: readonly ClaimedLetter[], correction: Buffer | null): Promise<Verdict[]> {
    const open = letters.filter(({ recordedAs }) => recordedAs === null);
    const verdicts = (await this.record(letters, open, correction)).values();
    return letters.map(({ recordedAs }) =>
      recordedAs === null ? verdicts.next().value! : { status: 'duplicate', eventId: recordedAs },
    );
  }

  /** @param claimed letters that are all released if this fails */
  private async record(
    claimed: readonly ClaimedLetter[],
    open: readonly ClaimedLetter[],
    correction: Buffer | null,
  ): Promise<Verdict[]> {
    const incoming = open.map((letter) => replayedEvent(letter, correction, this.config));
    try {
      return await this.commands.execute(new RecordEventCommand(incoming, senderPatienceMs(this.config)));
    } catch (error) {
      await this.replays.release(claimed.map(({ id }) => id)).catch((failure: unknown) => {
        this.logger.warn({ err: failure }, 'dead letters stay claimed for a minute: they could not be given back');
      });
      if (error instanceof OutcomeUnknown) void error.outcome?.then((verdicts) => this.concludeLate(open, verdicts));
      throw error;
    }
  }

  /** Nobody waits any more. This replay notes only what it recorded itself. */
  private async concludeLate(letters: readonly ClaimedLetter[], verdicts: readonly (Verdict | null)[]): Promise<void> {
    const recorded = letters.flatMap(({ id }, index) => {
      const verdict = verdicts[index];
      return verdict?.status === 'recorded' ? [{ id, recordedAs: verdict.eventId }] : [];
    });
    if (recorded.length === 0) return;
    try {
      await this.replays.conclude(recorded);
    } catch (error) {
      this.logger.warn({ err: error }, 'dead letters stay open though they are recorded: their next replay finds out');
    }
  }
}

const refusalOf = ({ reason, detail, field }: RejectedVerdict) => ({
  reason,
  detail: field === null ? detail : `${field}: ${detail}`,
});
