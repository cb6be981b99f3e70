import type { Query, QueryBus } from '@nestjs/cqrs';
import { DeadLetterNotFound, GetDeadLetterQuery } from '../../src/dead-letters/application/get-dead-letter.query.js';
import type { EventView } from '../../src/events/application/answers/event.answer.js';
import { ExportEventsQuery } from '../../src/events/application/export-events.query.js';
import {
  ExportPersonHandler,
  ExportPersonQuery,
  type HeldItem,
} from '../../src/people/application/export/export-person.query.js';
import { PersonData } from '../../src/people/application/export/person-data.port.js';
import type { HeldConflict, HeldLetter, HeldLetters, LetterPlace } from '../../src/people/application/held-letters.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { slices } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';

const config = loadConfig(slices, { EVENT_SYNONYMS: 'sale.user_id=buyer' });
const TOPIC = 'persistent://public/default/sales';

const letterOf = (n: number, payload: string, topic = TOPIC): HeldLetter => ({
  id: testUuid(n),
  topic,
  receivedAt: TEST_TIME,
  eventId: null,
  payload: Buffer.from(payload),
  key: null,
  properties: null,
  envelope: null,
});

/** Gives letters one by one, as a search by bytes finds them: some are of others. */
class MemoryPerson extends PersonData {
  constructor(
    private readonly found: readonly HeldLetter[],
    private readonly contents: readonly HeldConflict[] = [],
  ) {
    super();
  }

  letters(_: string, after: LetterPlace | null): Promise<HeldLetters> {
    const n = after === null ? 0 : after.firstSeen + 1;
    const next = n + 1 < this.found.length ? { firstSeen: n, id: this.found[n]!.id } : null;
    return Promise.resolve({ letters: this.found.slice(n, n + 1), next });
  }

  conflicts(): Promise<readonly HeldConflict[]> {
    return Promise.resolve(this.contents);
  }
}

/** Answers the two queries of other slices. */
class MemoryQueries {
  readonly asked: ExportEventsQuery[] = [];
  readonly deleted = new Set<string>();

  constructor(private readonly pages: readonly EventView[][] = []) {}

  execute(query: Query<unknown>): Promise<unknown> {
    if (query instanceof ExportEventsQuery) {
      this.asked.push(query);
      return Promise.resolve(inOrder(this.pages));
    }
    const { id } = query as GetDeadLetterQuery;
    if (this.deleted.has(id)) return Promise.reject(new DeadLetterNotFound());
    const letter = { id, reason: 'schema', payload: Buffer.from('{}'), envelope: null };
    return Promise.resolve({ ...letter, schema_version: Buffer.from([1]) });
  }
}

async function* inOrder(pages: readonly EventView[][]) {
  for (const page of pages) yield await Promise.resolve(page);
}

async function exported(data: PersonData, queries = new MemoryQueries()): Promise<HeldItem[]> {
  const handler = new ExportPersonHandler(queries as unknown as QueryBus, data, config);
  const items: HeldItem[] = [];
  for await (const page of await handler.execute(new ExportPersonQuery('u3'))) items.push(...page);
  return items;
}

const lettersOf = (items: readonly HeldItem[]) =>
  items.flatMap((item) => (item.kind === 'dead_letter' ? [item.dead_letter.id] : []));

describe('the export of a person', () => {
  it('holds their events oldest first, then their letters, then contents of conflicts', async () => {
    const pages = [[{ event_id: 'a' }], [{ event_id: 'b' }, { event_id: 'c' }]] as EventView[][];
    const queries = new MemoryQueries(pages);
    const conflict = { eventKey: testUuid(9), eventType: 'sale', fingerprint: '1', content: '{"amount":"1.5"}' };
    const items = await exported(new MemoryPerson([letterOf(1, '{"user_id":"u3"}')], [conflict]), queries);
    expect(items).toEqual([
      { kind: 'event', event: { event_id: 'a' } },
      { kind: 'event', event: { event_id: 'b' } },
      { kind: 'event', event: { event_id: 'c' } },
      {
        kind: 'dead_letter',
        dead_letter: {
          id: testUuid(1),
          reason: 'schema',
          payload_base64: 'e30=',
          envelope_base64: null,
          schema_version_base64: 'AQ==',
        },
      },
      { kind: 'conflict', conflict: { event_key: testUuid(9), event_type: 'sale', content: { amount: '1.5' } } },
    ]);
    expect(queries.asked).toMatchObject([
      { wanted: { userId: 'u3', from: null, to: null, eventType: null }, page: { order: 'asc', limit: null } },
    ]);
  });

  it('holds a letter that names them, by a synonym of its topic too, or whose bytes hold their id', async () => {
    const letters = [
      letterOf(1, '{"user_id":"u30"}'),
      letterOf(2, '{"buyer":"u3"}'),
      letterOf(3, '{"buyer":"u3","user_id":"u4"}'),
      letterOf(4, 'broken, by u3'),
      letterOf(5, 'broken, by u30'),
      letterOf(6, '{"buyer":"u4"}', 'persistent://public/default/clicks'),
    ];
    expect(lettersOf(await exported(new MemoryPerson(letters)))).toEqual([2, 4].map(testUuid));
  });

  it('leaves out a letter that was deleted after it was found', async () => {
    const queries = new MemoryQueries();
    queries.deleted.add(testUuid(1));
    const letters = [letterOf(1, '{"user_id":"u3"}'), letterOf(2, '{"user_id":"u3"}')];
    expect(lettersOf(await exported(new MemoryPerson(letters), queries))).toEqual([testUuid(2)]);
  });

  it('is empty for a person of whom nothing is held', async () => {
    expect(await exported(new MemoryPerson([]))).toEqual([]);
  });

  it('ends with an error that is no matter of deletion', async () => {
    const queries = new MemoryQueries();
    queries.execute = () => Promise.reject(new Error('away'));
    await expect(exported(new MemoryPerson([]), queries)).rejects.toThrow('away');
  });
});
