/**
 * Why an event cannot be recorded: a closed list, shown by HTTP answers, dead letters and counters, each with its fix.
 * The order is the order of the checks, so that one input always gets one reason.
 */
export const REJECTION_REASONS = {
  encrypted: {
    meaning: 'the message is encrypted, and the service has no key',
    fix: 'Publish without encryption_key (use TLS to the broker). Decrypt the bytes by what properties holds, and replay with the event.',
  },
  null_value: {
    meaning: 'the message has no value: its producer published null, as for a key that is to be deleted',
    fix: 'Publish events, not tombstones, to this topic. Replay with the event, if there is one.',
  },
  checksum: {
    meaning: 'the bytes that came are not those that were sent',
    fix: 'Look at the network and the disks of the brokers. Replay with the event as its producer knows it.',
  },
  undecompressable: {
    meaning: 'the message cannot be unpacked: compression, batch or metadata are broken',
    fix: "Look at the producer's client library. Replay with the event as its producer knows it.",
  },
  chunk_incomplete: {
    meaning: 'the message came in chunks, and some of them did not come within 10 minutes or did not fit',
    fix: 'Let the producer send it again; keep events below 256 kB, which need no chunks. Replay with the whole event.',
  },
  too_large: {
    meaning:
      'the event is above 256 kB, or its free properties are above 64 kB; or its message has above 10,000 properties, or is one of above 50,000 in a batch that are too short to be events',
    fix: 'Send less: keep large documents elsewhere and send their address. Replay with a smaller body.',
  },
  not_utf8: {
    meaning: 'the bytes are not UTF-8',
    fix: 'Encode as UTF-8 at the producer. Replay with the text encoded anew.',
  },
  number_range: {
    meaning:
      'a number has more digits or a larger exponent than a double can hold, or the numbers of the properties are above 64 kB once they are written without exponents',
    fix: 'Send such numbers as strings, and times in nanoseconds as epoch milliseconds. Replay with the number in quotes, or the time in milliseconds.',
  },
  not_json: {
    meaning: 'the payload is not a JSON object',
    fix: 'Send one JSON object a message, as bytes without a schema. Replay with the corrected JSON.',
  },
  too_deep: {
    meaning: 'the payload nests deeper than 32 levels',
    fix: 'Flatten the free fields, or send the deep part as a string. Replay with the flat body.',
  },
  forbidden_key: {
    meaning: 'a key is named __proto__, constructor or prototype',
    fix: 'Rename the key at the producer. Replay with the new name.',
  },
  nul_char: {
    meaning: 'a text holds U+0000, which PostgreSQL cannot store',
    fix: 'Remove U+0000 at the producer. Replay with the cleaned text.',
  },
  lone_surrogate: {
    meaning: 'a text holds half of a surrogate pair',
    fix: 'Cut texts between characters, not inside one. Replay with the whole character, or without it.',
  },
  schema: {
    meaning: 'a field is missing, or has the wrong type, length or range',
    fix: 'The detail names the field and what it should be. Replay with the corrected field.',
  },
  type_mismatch: {
    meaning: 'event_type is another of the three types than the topic decides',
    fix: 'Publish to the topic of the type, or leave event_type out. Replay with the type of the topic, or without one.',
  },
  negative_amount: {
    meaning: 'amount is below zero',
    fix: 'Send amounts of at least 0: a refund is no sale. Replay with the corrected amount.',
  },
  timestamp_range: {
    meaning: 'the time lies outside [received - MAX_EVENT_AGE_DAYS, received + 24 h]',
    fix: "Set the producer's clock, send milliseconds, or raise MAX_EVENT_AGE_DAYS and replay; or replay with the right time.",
  },
  no_identity: {
    meaning: 'the message was published in another region and has no event_id: its copy here would be another event',
    fix: 'Send an event_id, or record each region on its own (CONSUME=local). Replay with an event_id, once in all regions.',
  },
  too_old: {
    meaning: 'the time lies below the retention floor and the event is not known',
    fix: 'None while RETENTION_DAYS holds: the floor only moves forward. Replay with another time if it was wrong.',
  },
  id_conflict: {
    meaning: 'another event with this id and type, but other content, was recorded first',
    fix: 'Make ids unique at the producer. If it is an event of its own, replay with another event_id; else leave it.',
  },
  unstorable: {
    meaning: 'PostgreSQL refused the row, or the service failed to examine it',
    fix: 'A defect of the service: the log has the error. Replay as it is once the service is mended.',
  },
} as const satisfies Record<string, { meaning: string; fix: string }>;
export type RejectionReason = keyof typeof REJECTION_REASONS;
/** The reasons for which the service cannot read the bytes of a message: only other bytes can be replayed. */
export const UNREADABLE_REASONS = [
  'encrypted',
  'null_value',
  'checksum',
  'undecompressable',
  'chunk_incomplete',
] as const satisfies readonly RejectionReason[];
export const REASON_CODES = Object.keys(REJECTION_REASONS) as readonly RejectionReason[];

/** Refuses an event that must bring an identity, instead of minting one. */
export function refuseIdentity(): never {
  throw new RejectedEvent('no_identity', `${REJECTION_REASONS.no_identity.meaning}: send an event_id`, 'event_id');
}

/** A broken rule. `field` is the JSON path of the culprit (`user_id`, `properties.a.b`), where there is one. */
export class RejectedEvent extends Error {
  override readonly name = 'RejectedEvent';
  constructor(
    readonly reason: RejectionReason,
    /** Says what is wrong and how to mend it; never longer than 1 kB, never the payload itself. */
    readonly detail: string,
    readonly field: string | null = null,
  ) {
    super(`${reason}: ${detail}`);
  }
}
