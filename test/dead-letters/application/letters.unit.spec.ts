import type { DeadLetterView } from '../../../src/dead-letters/application/answers/dead-letter.answer.js';
import { CountDeadLettersHandler } from '../../../src/dead-letters/application/count-dead-letters.query.js';
import {
  type DeadLetterCount,
  type DeadLetterFilter,
  type DeadLetterPosition,
  DeadLettersReader,
  type DeadLetterSlice,
  type DeadLetterWithBytes,
  type SliceBounds,
} from '../../../src/dead-letters/application/dead-letters-reader.port.js';
import {
  DeadLetterNotFound,
  GetDeadLetterHandler,
  GetDeadLetterQuery,
} from '../../../src/dead-letters/application/get-dead-letter.query.js';
import {
  GetDeadLettersHandler,
  GetDeadLettersQuery,
} from '../../../src/dead-letters/application/get-dead-letters.query.js';
import { REASON_CODES, REJECTION_REASONS } from '../../../src/events/domain/rejection.js';
import { InvalidCursor } from '../../../src/platform/opaque-cursor.js';
import { TEST_TIME, testUuid } from '../../support/events.js';

const ALL = { reason: null, topic: null, state: null, from: null, to: null } as const;

/** Newest first; a page is full of bytes when it is told so. */
class MemoryLetters extends DeadLettersReader {
  full = false;
  asked: DeadLetterFilter | null = null;

  constructor(
    private readonly letters: readonly DeadLetterWithBytes[],
    private readonly counted: readonly DeadLetterCount[] = [],
  ) {
    super();
  }

  slice(filter: DeadLetterFilter, before: DeadLetterPosition | null, most: SliceBounds): Promise<DeadLetterSlice> {
    this.asked = filter;
    const from = before === null ? 0 : this.letters.findIndex(({ id }) => id === before.id) + 1;
    const letters: DeadLetterView[] = this.letters.slice(from, from + most.limit);
    return Promise.resolve({ letters, follows: from + letters.length < this.letters.length, full: this.full });
  }

  find(id: string): Promise<DeadLetterWithBytes | null> {
    return Promise.resolve(this.letters.find((letter) => letter.id === id) ?? null);
  }

  counts(): Promise<readonly DeadLetterCount[]> {
    return Promise.resolve(this.counted);
  }
}

const letterOf = (n: number) =>
  ({ id: testUuid(n), first_seen: new Date(TEST_TIME - n).toISOString() }) as unknown as DeadLetterWithBytes;
const LETTERS = [1, 2, 3, 4, 5].map(letterOf);

describe('dead letters', () => {
  it('are walked along the cursors, each once, until there are no more', async () => {
    const handler = new GetDeadLettersHandler(new MemoryLetters(LETTERS));
    const shown: string[] = [];
    let cursor: string | null = null;
    const sizes: number[] = [];
    do {
      const page = await handler.execute(new GetDeadLettersQuery(ALL, 2, cursor));
      shown.push(...page.dead_letters.map(({ id }) => id));
      sizes.push(page.dead_letters.length);
      expect(page.truncated_by).toBeNull();
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(shown).toEqual(LETTERS.map(({ id }) => id));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('of a page that its bytes ended say so', async () => {
    const reader = new MemoryLetters(LETTERS);
    reader.full = true;
    const { truncated_by } = await new GetDeadLettersHandler(reader).execute(new GetDeadLettersQuery(ALL, 2, null));
    expect(truncated_by).toBe('bytes');
  });

  it('are looked for by what was asked, in its range', async () => {
    const reader = new MemoryLetters(LETTERS);
    const asked = { reason: 'schema', topic: 'persistent://public/default/clicks', state: 'open' } as const;
    const range = { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' };
    await new GetDeadLettersHandler(reader).execute(new GetDeadLettersQuery({ ...asked, ...range }, 2, null));
    expect(reader.asked).toMatchObject(asked);
    expect(reader.asked!.range.end - reader.asked!.range.start).toBe(3_600_000);
  });

  it('are not shown for a cursor that nobody gave', async () => {
    const handler = new GetDeadLettersHandler(new MemoryLetters(LETTERS));
    await expect(handler.execute(new GetDeadLettersQuery(ALL, 2, 'a cursor'))).rejects.toThrow(InvalidCursor);
  });

  it('are found by their id, or are not there', async () => {
    const handler = new GetDeadLetterHandler(new MemoryLetters(LETTERS));
    expect(await handler.execute(new GetDeadLetterQuery(testUuid(3)))).toBe(LETTERS[2]);
    await expect(handler.execute(new GetDeadLetterQuery(testUuid(9)))).rejects.toThrow(DeadLetterNotFound);
  });

  it('are counted by reason and state: every reason in the order of the checks, each with its fix', async () => {
    const counts = await new CountDeadLettersHandler(
      new MemoryLetters(
        [],
        [
          { reason: 'schema', state: 'erased', letters: 1 },
          { reason: 'schema', state: 'open', letters: 7 },
          { reason: 'not_json', state: 'replayed', letters: 2 },
        ],
      ),
    ).execute();
    expect(counts.map(({ reason }) => reason)).toEqual(REASON_CODES);
    const figures = counts.map(({ open, replayed, erased }) => open + replayed + erased);
    expect(figures.filter((figure) => figure > 0)).toEqual([2, 8]);
    expect(counts).toContainEqual({ reason: 'schema', ...REJECTION_REASONS.schema, open: 7, replayed: 0, erased: 1 });
    expect(counts).toContainEqual({
      reason: 'not_json',
      ...REJECTION_REASONS.not_json,
      open: 0,
      replayed: 2,
      erased: 0,
    });
  });
});
