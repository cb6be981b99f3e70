import type { AuditView } from '../../src/access/application/answers/audit.answer.js';
import {
  type AuditFilter,
  type AuditPosition,
  AuditReader,
} from '../../src/access/application/audit/audit-reader.port.js';
import { GetAuditHandler, GetAuditQuery } from '../../src/access/application/audit/get-audit.query.js';
import { InvalidCursor } from '../../src/platform/opaque-cursor.js';
import { TEST_TIME, testUuid } from '../support/events.js';

const ALL: AuditFilter = { actor: null, action: null };

/** Five entries, newest first; two of them are of the same millisecond. */
class MemoryAudit extends AuditReader {
  private readonly entries: readonly AuditView[] = [5, 4, 3, 2, 1].map((n) => ({
    id: testUuid(n),
    at: new Date(TEST_TIME + Math.ceil(n / 2)).toISOString(),
    actor: n === 3 ? 'k1' : 'command',
    action: 'key.created',
    subject: null,
    details: {},
  }));

  page({ actor }: AuditFilter, before: AuditPosition | null, limit: number): Promise<readonly AuditView[]> {
    const isBefore = ({ id, at }: AuditView) =>
      before === null || Date.parse(at) < before.at || (Date.parse(at) === before.at && id < before.id);
    const found = this.entries.filter((entry) => (actor ?? entry.actor) === entry.actor && isBefore(entry));
    return Promise.resolve(found.slice(0, limit));
  }
}

describe('the audit log', () => {
  const handler = new GetAuditHandler(new MemoryAudit());
  const page = (limit: number, cursor: string | null = null, filter = ALL) =>
    handler.execute(new GetAuditQuery(filter, limit, cursor));

  it.each([1, 2, 3, 5])('is walked in pages of %i, each entry once', async (limit) => {
    const shown: string[] = [];
    let cursor: string | null = null;
    do {
      const { entries, next_cursor } = await page(limit, cursor);
      expect(entries.length).toBeLessThanOrEqual(limit);
      shown.push(...entries.map(({ id }) => id));
      cursor = next_cursor;
    } while (cursor !== null);
    expect(shown).toEqual([5, 4, 3, 2, 1].map(testUuid));
  });

  it('names no further page where there is none', async () => {
    expect((await page(5)).next_cursor).toBeNull();
    expect((await page(4)).next_cursor).not.toBeNull();
  });

  it('shows what one key did, where that is asked', async () => {
    const { entries } = await page(5, null, { ...ALL, actor: 'k1' });
    expect(entries.map(({ id }) => id)).toEqual([testUuid(3)]);
  });

  it('refuses a cursor that it did not write', async () => {
    for (const cursor of ['a cursor', '']) await expect(page(1, cursor)).rejects.toThrow(InvalidCursor);
  });
});
