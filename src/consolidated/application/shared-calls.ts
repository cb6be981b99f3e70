import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../platform/config/config.js';
import { untilAborted } from '../../platform/until-aborted.js';
import { CONSOLIDATED_VARIABLES } from '../consolidated.variables.js';

const MAX_ENTRIES = 1_000;
/** The bytes as they came. As objects they would take several times as much. */
const MAX_KEPT_BYTES = 16_000_000;

interface Flight {
  readonly outcome: Promise<object>;
  waiting: number;
  /** Aborts when the last caller that waited has closed its connection. */
  readonly abandoned: AbortController;
}

interface Kept {
  readonly outcome: object;
  readonly bytes: number;
}

export interface Question {
  /** The list that is asked for. */
  readonly of: string;
  readonly userId: string | null;
  readonly authorization: string | null;
}

export interface Call<Outcome> {
  /** @param abandoned aborts when nobody waits any longer */
  readonly begin: (abandoned: AbortSignal) => Promise<Outcome>;
  /** About how much memory an outcome takes; null: it is not kept. */
  readonly kept: (outcome: Outcome) => number | null;
}

/** Equal questions with equal credentials share one call, and for a while its outcome. With other credentials they share nothing. */
@Injectable()
export class SharedCalls {
  private readonly flights = new Map<string, Flight>();
  private readonly kept: LRUCache<string, Kept> | null;

  constructor(config: Config) {
    const ttl = config.of(CONSOLIDATED_VARIABLES).UPSTREAM_CACHE_MS;
    const bounds = { max: MAX_ENTRIES, maxSize: MAX_KEPT_BYTES, ttl, ttlResolution: 0 };
    this.kept =
      ttl === 0 ? null : new LRUCache({ ...bounds, sizeCalculation: ({ bytes }: Kept, key) => bytes + key.length + 1 });
  }

  /** @param closed aborts when the client has closed its connection; the call goes on as long as somebody else waits for it */
  async get<Outcome extends object>(question: Question, closed: AbortSignal, call: Call<Outcome>): Promise<Outcome> {
    if (this.kept === null) return call.begin(closed);
    const key = keyOf(question);
    const kept = this.kept.get(key);
    if (kept) return kept.outcome as Outcome;
    const flight = this.flights.get(key) ?? this.begin(key, call);
    return this.wait(key, flight, closed) as Promise<Outcome>;
  }

  private begin<Outcome extends object>(key: string, call: Call<Outcome>): Flight {
    const abandoned = new AbortController();
    const outcome = call.begin(abandoned.signal);
    const flight: Flight = { outcome, waiting: 0, abandoned };
    this.flights.set(key, flight);
    outcome.then(
      (ended) => {
        const bytes = this.forget(key, flight) ? call.kept(ended) : null;
        if (bytes !== null) this.kept?.set(key, { outcome: ended, bytes });
      },
      () => this.forget(key, flight),
    );
    return flight;
  }

  private async wait(key: string, flight: Flight, closed: AbortSignal): Promise<object> {
    flight.waiting += 1;
    try {
      return await untilAborted(flight.outcome, closed);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0 && closed.aborted && this.forget(key, flight)) flight.abandoned.abort(closed.reason);
    }
  }

  /** @returns whether later callers would still have joined this call */
  private forget(key: string, flight: Flight): boolean {
    return this.flights.get(key) === flight && this.flights.delete(key);
  }
}

/** Credentials are kept as a digest alone. */
const keyOf = ({ of, userId, authorization }: Question): string =>
  JSON.stringify([of, userId, authorization && createHash('sha256').update(authorization).digest('base64')]);
