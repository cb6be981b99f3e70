import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RecordEventCommand } from '../../events/application/record-event.command.js';
import type { RejectedVerdict, Verdict } from '../../events/domain/verdict.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/observability/logger.js';
import { type ClaimedLetter, DeadLetterReplays, type LetterStanding } from './dead-letter-replays.port.js';
import { replayedEvent } from './replayed-event.js';

/** As long as an HTTP append waits: past it, what no transaction has taken is withdrawn. */
const LONGEST_WAIT_MS = 10_000;

export interface Replayed {
  readonly verdict: Verdict;
  /** Null when the claim ran out and somebody else settled it. */
  readonly standing: LetterStanding | null;
}

/** Claimed letters through the one door that every event takes, then what became of them written down. */
@Injectable()
export class Replayer {
  constructor(
    private readonly commands: CommandBus,
    private readonly replays: DeadLetterReplays,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * A crash in between is harmless: the event is recorded, the letter still open, and the next replay finds a duplicate.
   *
   * @param correction stands for the bytes of every letter; null: each as it was.
   * @throws OutcomeUnknown the letters are given back.
   */
  async replay(letters: readonly ClaimedLetter[], correction: Buffer | null): Promise<Replayed[]> {
    const verdicts = await this.record(letters, correction);
    const outcomes = letters.map(({ id }, index) => {
      const verdict = verdicts[index]!;
      if (verdict.status !== 'rejected') return { id, recordedAs: verdict.eventId };
      return { id, refusal: correction === null ? refusalOf(verdict) : null };
    });
    const standings = await this.replays.settle(outcomes, this.clock.now());
    const byId = new Map(standings.map((standing) => [standing.id, standing]));
    return letters.map(({ id }, index) => ({ verdict: verdicts[index]!, standing: byId.get(id) ?? null }));
  }

  private async record(letters: readonly ClaimedLetter[], correction: Buffer | null): Promise<Verdict[]> {
    const incoming = letters.map((letter) => replayedEvent(letter, correction, this.config));
    try {
      return await this.commands.execute(new RecordEventCommand(incoming, LONGEST_WAIT_MS));
    } catch (error) {
      await this.replays.release(letters.map(({ id }) => id)).catch((failure: unknown) => {
        this.logger.warn({ err: failure }, 'dead letters stay claimed for a minute: they could not be given back');
      });
      throw error;
    }
  }
}

const refusalOf = ({ reason, detail, field }: RejectedVerdict) => ({
  reason,
  detail: field === null ? detail : `${field}: ${detail}`,
});
