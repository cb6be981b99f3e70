import type { OnModuleInit } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { inTurns } from '../../platform/turns/in-turns.js';
import { Config } from '../../platform/config/config.js';
import { failpoint } from '../events.failpoints.js';
import { Logger } from '../../platform/observability/logger.js';
import type { IncomingEvent } from '../domain/incoming-event.js';
import type { Intake } from '../domain/intake.js';
import { RejectedEvent } from '../domain/rejection.js';
import { type RecordingRules, TrackedEvent } from '../domain/tracked-event.js';
import type { Verdict } from '../domain/verdict.js';
import { EVENTS_VARIABLES } from '../events.variables.js';
import { EventCounters } from './event-counters.port.js';
import { EventStore, OutcomeUnknown } from './event-store.port.js';

/**
 * Records one incoming event or many, from any intake. It answers a verdict for each, in the order given, after COMMIT.
 * @throws OutcomeUnknown
 */
export class RecordEventCommand extends Command<Verdict[]> {
  constructor(
    /**
     * All are of one intake. They are read once, one at a time, and not kept, because an object that is made of a message
     * only for this dies young.
     */
    readonly events: Iterable<IncomingEvent>,
    /** How long the sender can wait for storage, milliseconds; none: for ever. */
    readonly waitMs?: number,
  ) {
    super();
  }
}

/** The events of a command. Those that are fit to be stored stand apart from the others. */
interface Examined {
  /** Null: there was no event. */
  intake: Intake | null;
  count: number;
  readonly tracked: TrackedEvent[];
  /** The place of each tracked event in the command. */
  readonly places: number[];
  readonly rejections: { readonly place: number; readonly verdict: Verdict }[];
}

const nothingExamined = (): Examined => ({ intake: null, count: 0, tracked: [], places: [], rejections: [] });

@CommandHandler(RecordEventCommand)
export class RecordEventHandler implements ICommandHandler<RecordEventCommand>, OnModuleInit {
  private readonly rules: RecordingRules;

  constructor(
    private readonly store: EventStore,
    private readonly counters: EventCounters,
    config: Config,
    private readonly logger: Logger,
  ) {
    const { MAX_EVENT_AGE_DAYS: maxEventAgeDays, EVENT_SYNONYMS: synonyms } = config.of(EVENTS_VARIABLES);
    this.rules = { maxEventAgeDays, synonyms };
  }

  /** Nobody knows whether a synonym is new, so every start warns of it. */
  onModuleInit(): void {
    if (!this.rules.synonyms?.renameIdentity) return;
    this.logger.warn(
      { variable: 'EVENT_SYNONYMS' },
      'EVENT_SYNONYMS gives event_id another name: events that were recorded before it was set have another identity, and count again when they are delivered again',
    );
  }

  async execute({ events, waitMs }: RecordEventCommand): Promise<Verdict[]> {
    const examined = waitMs === undefined ? this.examine(events) : await this.examineInTurns(events);
    const { tracked, places } = examined;
    await failpoint('after_parse');
    try {
      return this.verdictsOf(examined, await this.store.append(tracked, waitMs)) as Verdict[];
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      const waiting = tracked.map(({ eventId }, index) => ({ index: places[index]!, eventId }));
      // The events are counted once it is known what became of them, even if the sender stopped waiting.
      const outcome = error.outcome && error.outcome.then((stored) => this.verdictsOf(examined, stored));
      throw new OutcomeUnknown(error.message, waiting, outcome);
    }
  }

  private examine(events: Iterable<IncomingEvent>): Examined {
    const examined = nothingExamined();
    for (const incoming of events) this.examineOne(incoming, examined);
    return examined;
  }

  /** Requests are examined in turns: a thousand large events take half a second, and others must not wait for all of them. */
  private async examineInTurns(events: Iterable<IncomingEvent>): Promise<Examined> {
    const examined = nothingExamined();
    await inTurns(this.examining(events, examined));
    return examined;
  }

  private *examining(events: Iterable<IncomingEvent>, examined: Examined): Generator<void, void> {
    for (const incoming of events) {
      this.examineOne(incoming, examined);
      yield;
    }
  }

  private examineOne(incoming: IncomingEvent, examined: Examined): void {
    examined.intake = incoming.intake;
    const place = examined.count++;
    try {
      examined.tracked.push(TrackedEvent.record(incoming, this.rules));
      examined.places.push(place);
    } catch (error) {
      examined.rejections.push({ place, verdict: this.rejected(error) });
    }
  }

  /** Counts them. @param stored of the tracked ones. @returns a verdict for each event of the command. */
  private verdictsOf({ intake, count, places, rejections }: Examined, stored: readonly (Verdict | null)[]) {
    const verdicts = new Array<Verdict | null>(count);
    for (const { place, verdict } of rejections) verdicts[place] = verdict;
    stored.forEach((verdict, index) => (verdicts[places[index]!] = verdict));
    if (intake !== null)
      this.counters.count(
        intake,
        verdicts.filter((verdict) => verdict !== null),
      );
    return verdicts;
  }

  private rejected(error: unknown): Verdict {
    if (error instanceof RejectedEvent) {
      return { status: 'rejected', eventId: null, reason: error.reason, detail: error.detail, field: error.field };
    }
    // A defect of ours must not hold back the neighbours: the bytes are kept, and can be replayed after the fix.
    this.logger.error({ err: error }, 'an event could not be examined');
    return {
      status: 'rejected',
      eventId: null,
      reason: 'unstorable',
      detail: 'the service failed to examine it',
      field: null,
    };
  }
}
