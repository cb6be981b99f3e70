import type { LetterContent } from '../../dead-letters/domain/letter-person.js';

/** A dead letter that is searched for a person. */
export interface HeldLetter extends LetterContent {
  readonly id: string;
  readonly topic: string;
  /** The earlier of the times when it was published and when it was first seen, epoch milliseconds. */
  readonly receivedAt: number;
  /** The event that it became. */
  readonly eventId: string | null;
}

export interface LetterPlace {
  /** Epoch milliseconds. */
  readonly firstSeen: number;
  readonly id: string;
}

export interface HeldLetters {
  readonly letters: readonly HeldLetter[];
  /** Where to go on; null: there are no more. */
  readonly next: LetterPlace | null;
}

/** A content of a conflict between regions. */
export interface HeldConflict {
  readonly eventKey: string;
  readonly eventType: string;
  readonly fingerprint: string;
  readonly content: string;
}
