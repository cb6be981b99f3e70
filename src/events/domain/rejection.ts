/**
 * Why an event cannot be recorded: a closed list, shown by HTTP answers, dead letters and counters.
 * The order is the order of the checks, so that one input always gets one reason.
 */
export const REJECTION_REASONS = {
  too_large: 'the event is above 256 kB, or its free properties are above 64 kB',
  not_utf8: 'the bytes are not UTF-8',
  number_range: 'a number has more digits or a larger exponent than a double can hold: send it as a string',
  not_json: 'the payload is not a JSON object',
  too_deep: 'the payload nests deeper than 32 levels',
  forbidden_key: 'a key is named __proto__, constructor or prototype',
  nul_char: 'a text holds U+0000, which PostgreSQL cannot store',
  lone_surrogate: 'a text holds half of a surrogate pair',
  schema: 'a field has the wrong type, length or range',
  type_mismatch: 'event_type contradicts the topic',
  negative_amount: 'amount is below zero',
  timestamp_range: 'the time lies outside the accepted age',
  too_old: 'the time lies below the retention floor and the event is not known',
  id_conflict: 'another event with this id and type, but other content, was recorded first',
  unstorable: 'PostgreSQL refused the row',
} as const;
export type RejectionReason = keyof typeof REJECTION_REASONS;

/** A broken rule. `field` is the JSON path of the culprit (`user_id`, `properties.a.b`), where there is one. */
export class RejectedEvent extends Error {
  override readonly name = 'RejectedEvent';
  constructor(
    readonly reason: RejectionReason,
    /** What is wrong and how to mend it; never longer than 1 kB, never the payload itself. */
    readonly detail: string,
    readonly field: string | null = null,
  ) {
    super(`${reason}: ${detail}`);
  }
}
