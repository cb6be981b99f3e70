import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { DeadLetterNotFound, GetDeadLetterQuery } from '../../../dead-letters/application/get-dead-letter.query.js';
import { namesOfUser, personOfLetter } from '../../../dead-letters/domain/letter-person.js';
import type { EventView } from '../../../events/application/answers/event.answer.js';
import { ExportEventsQuery } from '../../../events/application/export-events.query.js';
import { eventTypeOf } from '../../../events/application/topic-of.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { inTurns } from '../../../platform/turns/in-turns.js';
import { Config } from '../../../platform/config/config.js';
import type { HeldLetter, LetterPlace } from '../held-letters.js';
import { PersonData } from './person-data.port.js';

/** One thing that is held on a person. */
export type HeldItem =
  | { readonly kind: 'event'; readonly event: EventView }
  | { readonly kind: 'dead_letter'; readonly dead_letter: Readonly<Record<string, unknown>> }
  | { readonly kind: 'conflict'; readonly conflict: Readonly<Record<string, unknown>> };

/** Pages follow one another; each is read when the one before was taken. */
export type HeldPages = AsyncGenerator<readonly HeldItem[], void>;

/** All that is held on a person: their events, oldest first, then their dead letters, then contents of conflicts that name them. */
export class ExportPersonQuery extends Query<HeldPages> {
  constructor(
    readonly userId: string,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

const ALL_EVENTS = { order: 'asc', limit: null, cursor: null } as const;

@QueryHandler(ExportPersonQuery)
export class ExportPersonHandler implements IQueryHandler<ExportPersonQuery> {
  constructor(
    private readonly queries: QueryBus,
    private readonly data: PersonData,
    private readonly config: Config,
  ) {}

  execute({ userId, signal }: ExportPersonQuery): Promise<HeldPages> {
    return Promise.resolve(this.pages(userId, signal));
  }

  private async *pages(userId: string, signal?: AbortSignal): HeldPages {
    const wanted = {
      from: null,
      to: null,
      eventType: null,
      userId,
      sessionId: null,
      pageUrl: null,
      label: null,
      interaction: null,
    };
    for await (const events of await this.queries.execute(new ExportEventsQuery(wanted, ALL_EVENTS, signal))) {
      yield events.splice(0).map((event) => ({ kind: 'event', event }));
    }
    let after: LetterPlace | null = null;
    do {
      const { letters, next } = await this.data.letters(userId, after, signal);
      for (const letter of letters) {
        const shown = (await this.isTheirs(letter, userId, signal)) ? await this.shown(letter.id) : null;
        if (shown !== null) yield [{ kind: 'dead_letter', dead_letter: shown }];
      }
      after = next;
    } while (after !== null);
    const conflicts = await this.data.conflicts(userId, signal);
    yield conflicts.map(({ eventKey, eventType, content }) => ({
      kind: 'conflict',
      conflict: { event_key: eventKey, event_type: eventType, content: JSON.parse(content) as unknown },
    }));
  }

  private async isTheirs(letter: HeldLetter, userId: string, signal?: AbortSignal): Promise<boolean> {
    const names = namesOfUser(eventTypeOf(letter.topic, this.config), this.config.of(EVENTS_VARIABLES).EVENT_SYNONYMS);
    const wanted = { has: (id: string) => id === userId, idLengths: [Buffer.byteLength(userId)] };
    return (await inTurns(personOfLetter(letter, names, wanted), signal)) !== null;
  }

  /** Null: it was deleted after it was found. */
  private async shown(id: string): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      const found = await this.queries.execute(new GetDeadLetterQuery(id));
      const { payload, envelope, schema_version: version, ...letter } = found;
      return {
        ...letter,
        payload_base64: payload.toString('base64'),
        envelope_base64: envelope && envelope.toString('base64'),
        schema_version_base64: version && version.toString('base64'),
      };
    } catch (error) {
      if (error instanceof DeadLetterNotFound) return null;
      throw error;
    }
  }
}
