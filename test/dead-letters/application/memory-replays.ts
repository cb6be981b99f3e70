import {
  type ClaimedLetter,
  DeadLetterReplays,
  type LetterStanding,
  type OpenLetter,
  type ReplayOutcome,
} from '../../../src/dead-letters/application/dead-letter-replays.port.js';
import type { DeadLetterPosition } from '../../../src/dead-letters/application/dead-letters-reader.port.js';
import { MAX_EVENT_BYTES } from '../../../src/events/domain/parsing/strict-json.js';

/** A letter as it is kept, with all its bytes. */
export interface KeptLetter extends Omit<ClaimedLetter, 'payload' | 'payloadBytes'> {
  readonly payload: Buffer;
  readonly firstSeen: number;
}

/** Dead letters in a map. A claim does not run out. */
export class MemoryReplays extends DeadLetterReplays {
  readonly standings = new Map<string, LetterStanding>();
  readonly claimed = new Set<string>();
  readonly released: string[] = [];
  /** Called with the letters of a conclusion, before it. It may throw. */
  beforeConclude: (ids: readonly string[]) => void = () => undefined;
  /** By id, what a replay that was refused wrote down. */
  readonly refusals = new Map<string, unknown>();
  private readonly letters = new Map<string, KeptLetter>();

  add(...letters: readonly KeptLetter[]): void {
    for (const letter of letters) {
      this.letters.set(letter.id, letter);
      this.standings.set(letter.id, {
        id: letter.id,
        state: 'open',
        attempts: 0,
        replayed_at: null,
        event_id: null,
      });
    }
  }

  override open(
    { reason, topic }: { readonly reason: string; readonly topic: string | null },
    after: DeadLetterPosition | null,
    limit: number,
  ): Promise<readonly OpenLetter[]> {
    const order = (one: DeadLetterPosition, other: DeadLetterPosition) =>
      one.firstSeen - other.firstSeen || (one.id < other.id ? -1 : Number(one.id > other.id));
    const found = [...this.letters.values()]
      .filter(
        (letter) => this.isOpen(letter.id) && letter.reason === reason && (topic === null || letter.topic === topic),
      )
      .filter((letter) => after === null || order(letter, after) > 0)
      .sort(order)
      .slice(0, limit)
      .map(({ id, firstSeen, payload }) => ({ id, firstSeen, payloadBytes: payload.length }));
    return Promise.resolve(found);
  }

  override claim(ids: readonly string[]): Promise<readonly ClaimedLetter[]> {
    const free = ids.filter((id) => this.isOpen(id) && !this.claimed.has(id));
    for (const id of free) this.claimed.add(id);
    return Promise.resolve(
      free.map((id) => {
        const letter = this.letters.get(id)!;
        const payloadBytes = letter.payload.length;
        return { ...letter, payload: payloadBytes > MAX_EVENT_BYTES ? null : letter.payload, payloadBytes };
      }),
    );
  }

  override async conclude(outcomes: readonly ReplayOutcome[]): Promise<readonly LetterStanding[]> {
    await Promise.resolve();
    this.beforeConclude(outcomes.map(({ id }) => id));
    const concluded: LetterStanding[] = [];
    for (const outcome of outcomes) {
      if (!this.isOpen(outcome.id)) continue;
      this.claimed.delete(outcome.id);
      const before = this.standings.get(outcome.id)!;
      const standing: LetterStanding =
        'recordedAs' in outcome
          ? { ...before, attempts: before.attempts + 1, state: 'replayed', event_id: outcome.recordedAs }
          : { ...before, attempts: before.attempts + 1 };
      if ('refusal' in outcome) this.refusals.set(outcome.id, outcome.refusal);
      this.standings.set(outcome.id, standing);
      concluded.unshift(standing);
    }
    return concluded;
  }

  override release(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.claimed.delete(id);
    this.released.push(...ids);
    return Promise.resolve();
  }

  override standing(id: string): Promise<LetterStanding | null> {
    return Promise.resolve(this.standings.get(id) ?? null);
  }

  private isOpen(id: string): boolean {
    return this.standings.get(id)?.state === 'open';
  }
}
