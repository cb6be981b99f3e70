import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Config } from '../../platform/config/config.js';
import { failpoint } from '../events.failpoints.js';
import { Logger } from '../../platform/observability/logger.js';
import type { IncomingEvent } from '../domain/incoming-event.js';
import type { Intake } from '../domain/intake.js';
import { RejectedEvent } from '../domain/rejection.js';
import { TrackedEvent } from '../domain/tracked-event.js';
import type { Verdict } from '../domain/verdict.js';
import { EVENTS_VARIABLES } from '../events.variables.js';
import { EventCounters } from './event-counters.port.js';
import { EventStore, OutcomeUnknown } from './event-store.port.js';

/** One incoming event or many, from any intake; answers a verdict for each, in the order given, after COMMIT. @throws OutcomeUnknown */
export class RecordEventCommand extends Command<Verdict[]> {
  constructor(
    /** Of one intake. Read once, one at a time, and not kept: what is made of a message only for this dies young. */
    readonly events: Iterable<IncomingEvent>,
    /** How long the sender can wait for storage, milliseconds; none: for ever. */
    readonly waitMs?: number,
  ) {
    super();
  }
}

@CommandHandler(RecordEventCommand)
export class RecordEventHandler implements ICommandHandler<RecordEventCommand> {
  private readonly rules: { readonly maxEventAgeDays: number };

  constructor(
    private readonly store: EventStore,
    private readonly counters: EventCounters,
    config: Config,
    private readonly logger: Logger,
  ) {
    this.rules = { maxEventAgeDays: config.of(EVENTS_VARIABLES).MAX_EVENT_AGE_DAYS };
  }

  async execute({ events, waitMs }: RecordEventCommand): Promise<Verdict[]> {
    const tracked: TrackedEvent[] = [];
    const places: number[] = [];
    const rejections: { place: number; verdict: Verdict }[] = [];
    let intake: Intake | null = null;
    let count = 0;
    for (const incoming of events) {
      intake = incoming.intake;
      const place = count++;
      try {
        tracked.push(TrackedEvent.record(incoming, this.rules));
        places.push(place);
      } catch (error) {
        rejections.push({ place, verdict: this.rejected(error) });
      }
    }
    await failpoint('after_parse');
    const stored = await this.append(tracked, places, waitMs);
    const verdicts = new Array<Verdict>(count);
    for (const { place, verdict } of rejections) verdicts[place] = verdict;
    stored.forEach((verdict, index) => (verdicts[places[index]!] = verdict));
    if (intake !== null) this.counters.count(intake, verdicts);
    return verdicts;
  }

  private async append(
    tracked: readonly TrackedEvent[],
    places: readonly number[],
    waitMs?: number,
  ): Promise<Verdict[]> {
    try {
      return await this.store.append(tracked, waitMs);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      const waiting = tracked.map(({ eventId }, index) => ({ index: places[index]!, eventId }));
      throw new OutcomeUnknown(error.message, waiting);
    }
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
