import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { deadLetter } from '../support/dead-letters.js';
import { useServiceForEach } from '../support/used-service.js';

interface Page {
  readonly dead_letters: readonly { readonly message_id: string; readonly key: string | null }[];
  readonly next_cursor: string | null;
  readonly truncated_by: string | null;
}

describe('pages of dead letters with large keys', () => {
  const service = useServiceForEach({ READ_TIMEOUT_MS: 60_000 });

  it.each([
    ['text', 'k'.repeat(200_000), 4_100_000],
    ['control characters', '\u0001'.repeat(100_000), 4_100_000],
    ['characters of four bytes', '\u{1f600}'.repeat(50_000), 4_100_000],
    ['one of them above the bound', 'k'.repeat(4_500_000), 4_600_000],
  ])(
    '%s: a page ends by its bytes, and the walk shows every letter once',
    async (_, key, most) => {
      const letters = Array.from({ length: 12 }, (_, n) => deadLetter(n, { messageKey: n % 4 === 3 ? 'k' : key }));
      await service.app.get(DeadLetterStore).add(letters, new AbortController().signal);
      const pages: Page[] = [];
      for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)!.next_cursor) {
        const response = await fetch(`${service.url}/dead-letters?limit=1000${cursor && `&cursor=${cursor}`}`);
        const text = await response.text();
        expect([response.status, Buffer.byteLength(text) < most]).toEqual([200, true]);
        pages.push(JSON.parse(text) as Page);
      }
      const shown = pages.flatMap(({ dead_letters }) => dead_letters.map(({ message_id }) => message_id));
      expect(shown.sort()).toEqual(letters.map(({ messageId }) => messageId).sort());
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.map(({ truncated_by }) => truncated_by)).toEqual([...pages.slice(1).map(() => 'bytes'), null]);
      const limited = (await (await fetch(`${service.url}/dead-letters?limit=1`)).json()) as Page;
      expect(limited).toMatchObject({ truncated_by: null, next_cursor: expect.any(String) as string });
    },
    60_000,
  );
});
