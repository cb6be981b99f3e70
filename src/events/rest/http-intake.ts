import { randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import { Clock } from '../../platform/clock/clock.js';
import { failpoint } from '../events.failpoints.js';
import { Config } from '../../platform/config/config.js';
import { Overloaded } from '../../platform/overloaded.js';
import { LoadShedding } from '../../platform/http/shedding/load-shedding.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { EventStore, FULL, OutcomeUnknown } from '../application/event-store.port.js';
import { RecordEventCommand } from '../application/record-event.command.js';
import { senderPatienceMs } from '../application/sender-patience.js';
import type { EventType, IncomingEvent } from '../domain/incoming-event.js';
import type { Verdict } from '../domain/verdict.js';

/** The room that routes need whose requests bring one event, or a few: without it they are turned away before their body is read. */
export const ROOM_FOR_AN_EVENT = 'an event';
const RETRY_AFTER_S = '5';
const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};

/** Request → command: what every HTTP route that records has in common. */
@Injectable()
export class HttpIntake {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly config: Config,
    store: EventStore,
    shedding: LoadShedding,
  ) {
    shedding.limit(ROOM_FOR_AN_EVENT, () => store.isFull(), new Overloaded(FULL));
  }

  /**
   * @param bodies one JSON object each, as sent.
   * @param eventType null: each body names its own.
   * @throws Problem 503 `outcome_unknown` with the ids that a resend must carry.
   */
  async record(
    request: FastifyRequest,
    bodies: readonly (Buffer | string)[],
    eventType: EventType | null,
  ): Promise<Verdict[]> {
    const now = this.clock.now();
    const userAgent = request.headers['user-agent'] ?? null;
    const incoming = incomingEvents(bodies, eventType, now, userAgent);
    try {
      const verdicts = await this.commands.execute(new RecordEventCommand(incoming, senderPatienceMs(this.config)));
      await failpoint('before_http_answer');
      return verdicts;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      const results = error.events.map(({ index, eventId }) => ({ index, event_id: eventId }));
      const detail = `The events may be recorded or not: ${error.message}. Send them again with these ids; none is counted twice.`;
      throw new Problem(503, 'outcome_unknown', detail, {
        headers: { 'retry-after': RETRY_AFTER_S },
        extensions: { results },
      });
    }
  }
}

/** One event at a time, so that none outlives its examination. */
function* incomingEvents(
  bodies: readonly (Buffer | string)[],
  eventType: EventType | null,
  now: number,
  userAgent: string | null,
): Generator<IncomingEvent> {
  for (const body of bodies) {
    yield {
      body,
      intake: 'http',
      eventType,
      receivedAt: now,
      fallbackTime: now,
      attributes: NO_ATTRIBUTES,
      mintKey,
      messageId: null,
      userAgent,
    };
  }
}

const ID_RANDOM_BYTES = 16;
const pool = { bytes: new Uint8Array(ID_RANDOM_BYTES * 256), used: Infinity };

/** Version 7, so that the identity's index grows at one end. Randomness is drawn for 256 ids at once: one by one it is most of an id's cost. */
function mintKey(): string {
  if (pool.used >= pool.bytes.length) {
    randomFillSync(pool.bytes);
    pool.used = 0;
  }
  return v7({ random: pool.bytes.subarray(pool.used, (pool.used += ID_RANDOM_BYTES)) });
}
