import type { EventSynonyms } from '../../events/domain/parsing/event-synonyms.js';
import { EVENT_TYPES, type EventType } from '../../events/domain/event-type.js';

/** The parts of a letter that may name a person. */
export interface LetterContent {
  readonly payload: Buffer;
  readonly key: Buffer | null;
  /** JSON. */
  readonly properties: Buffer | null;
  readonly envelope: Buffer | null;
}

/** Persons who are looked for. */
export interface WantedPersons {
  has(userId: string): boolean;
  /** The lengths of their ids in UTF-8, bytes. */
  readonly idLengths: Iterable<number>;
}

/**
 * Between two points where it may be interrupted: so many bytes, or some 2 ms where a keyed hash of each candidate is asked for.
 * Whoever writes a letter decides how many candidates it has.
 */
const STEPS_AT_ONCE = 50_000;
const STEPS_OF_CANDIDATE = 100;

/**
 * The one of the wanted persons whose letter it is, by the user id; null: it is none of theirs. A letter is of the person whom its
 * payload names. Where none can be read in it, it is of whoever's id its bytes hold between bytes that are no part of a word, so that
 * `u3` is not found in `u30`. The longer the letter, the longer that takes: it yields
 * wherever others may have their turn.
 *
 * @param names of the field: the own one and its synonyms, in the order in which they count
 */
export function* personOfLetter(
  letter: LetterContent,
  names: readonly string[],
  wanted: WantedPersons,
): Generator<void, string | null> {
  const named = namedUser(letter.payload, names);
  if (named !== null) return wanted.has(named) ? named : null;
  const lengths = [...wanted.idLengths];
  const { payload, key, properties, envelope } = letter;
  for (const bytes of [payload, key, properties, envelope]) {
    const found = bytes && (yield* heldId(bytes, lengths, wanted));
    if (found) return found;
  }
  return null;
}

/** Names of `user_id` in events of a type; null: of any type. */
export function namesOfUser(type: EventType | null, synonyms: EventSynonyms | null): readonly string[] {
  const types = type === null ? EVENT_TYPES : [type];
  return ['user_id', ...new Set(types.flatMap((one) => synonyms?.namesOf(one, 'user_id') ?? []))];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** As an intake finds it, but for what it would refuse: a number is as good as its digits. Null: there is none to be read. */
function namedUser(payload: Buffer, names: readonly string[]): string | null {
  const fields = objectIn(payload);
  if (fields === null) return null;
  const source = typeof fields.specversion === 'string' ? cloudEventData(fields) : fields;
  for (const name of names) {
    const value = source?.[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(bytes: Buffer): Fields | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    // Whatever it is, no field can be read in it.
    return null;
  }
}

function cloudEventData({ data, data_base64: base64 }: Fields): Fields | null {
  if (typeof base64 === 'string') return objectIn(Buffer.from(base64, 'base64'));
  return typeof data === 'object' && data !== null ? (data as Fields) : null;
}

/** Looks at every place where a word could begin, for as many bytes as an id has. */
function* heldId(bytes: Buffer, lengths: readonly number[], wanted: WantedPersons): Generator<void, string | null> {
  let steps = 0;
  for (let start = 0; start < bytes.length; start += 1) {
    steps += 1;
    if (steps >= STEPS_AT_ONCE) {
      steps = 0;
      yield;
    }
    if (isWord(bytes[start - 1])) continue;
    for (const length of lengths) {
      const end = start + length;
      if (end > bytes.length || isWord(bytes[end])) continue;
      steps += STEPS_OF_CANDIDATE;
      const id = bytes.toString('utf8', start, end);
      // An id is text. Most of what is enciphered or compressed is none, and is read as something longer.
      if (Buffer.byteLength(id) === length && wanted.has(id)) return id;
    }
  }
  return null;
}

/** Letters, digits and `_` of ASCII. Before the first byte and after the last there is none. */
const isWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a));
