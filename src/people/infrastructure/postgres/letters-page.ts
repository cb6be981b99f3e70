import type { QueryResultRow } from 'pg';
import { bytesArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { HeldLetter, HeldLetters, LetterPlace } from '../../application/held-letters.js';
import { LETTERS, NEXT_LETTERS } from './letters.sql.js';

const LOOKED_AT = 2_000;
/** 23 letters of 32 MiB were more than PostgreSQL could search before the statement had to end. */
const MOST_SEARCHED_BYTES = 4 * 1024 * 1024;
/** Payloads reach 64 MiB, so this bounds what is held at once. One letter that is larger is held alone. */
const MOST_BYTES = 8 * 1024 * 1024;

export const BEFORE_ALL: LetterPlace = { firstSeen: -Infinity, id: '00000000-0000-0000-0000-000000000000' };

type Ask = <Row extends QueryResultRow>(text: string, values: unknown[]) => Promise<Row[]>;

interface Listed extends LetterPlace, QueryResultRow {
  readonly bytes: number;
  /** There are more behind it. */
  readonly followed: boolean;
  readonly wanted: boolean;
}

/** The next letters that are to be searched. @param userIds that one of them may hold; null: all letters */
export async function lettersPage(
  ask: Ask,
  after: LetterPlace | null,
  userIds: readonly string[] | null,
): Promise<HeldLetters> {
  const { firstSeen, id } = after ?? BEFORE_ALL;
  const ids = userIds && bytesArray(userIds.map((userId) => Buffer.from(userId)));
  const listed = await ask<Listed>(NEXT_LETTERS, [timestamp(firstSeen), id, ids, LOOKED_AT, MOST_SEARCHED_BYTES]);
  let bytes = 0;
  let taken = 0;
  const wanted: Listed[] = [];
  for (const letter of listed) {
    if (letter.wanted) {
      bytes += letter.bytes;
      if (wanted.length > 0 && bytes > MOST_BYTES) break;
      wanted.push(letter);
    }
    taken += 1;
  }
  const last = listed[taken - 1];
  const more = taken < listed.length || last?.followed === true || listed.length === LOOKED_AT;
  const letters =
    wanted.length === 0 ? [] : await ask<HeldLetter & object>(LETTERS, [uuidArray(wanted.map((letter) => letter.id))]);
  return { letters, next: more && last ? { firstSeen: last.firstSeen, id: last.id } : null };
}
