import type { RecordEventCommand } from '../../src/events/application/record-event.command.js';
import { FINGERPRINT_VERSION } from '../../src/events/domain/content/fingerprint.js';
import type { Verdict } from '../../src/events/domain/verdict.js';
import { loadConfig } from '../../src/platform/config/config.js';
import {
  type MergeClaim,
  type MergeEnd,
  MergeLog,
  type MergeProgress,
  type Reached,
} from '../../src/regions/application/merging/merge-log.port.js';
import { Merger } from '../../src/regions/application/merging/merger.js';
import {
  type FactsAsked,
  type FactsPage,
  OtherRegion,
} from '../../src/regions/application/merging/other-region.port.js';
import { FACT_COLUMNS } from '../../src/regions/domain/fact-row.js';
import type { MergedFact } from '../../src/regions/domain/merged-fact.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { quietLogger, slices } from '../support/application.js';

const AS_OF = '2026-01-15T12:00:00.000Z';
const config = loadConfig(slices, {}).with({ REGIONS: RegionList.parse('b=http://127.0.0.1') });

const fact = (n: number): MergedFact => ({
  eventKey: `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  eventType: 'click',
  occurredAt: 0,
  receivedAt: 0,
  intake: 'http',
  messageId: null,
  fingerprint: null,
  row: FACT_COLUMNS.map(() => null),
});

/** Pages of one fact each, as large as they say. */
class Pages extends OtherRegion {
  constructor(
    private readonly count: number,
    private readonly bytes: number,
  ) {
    super();
  }

  override facts(_region: unknown, { cursor }: FactsAsked): Promise<FactsPage> {
    const n = Number(cursor ?? 0);
    return Promise.resolve({
      region: 'b',
      cluster: 'b',
      topics: { click: '', conversion: '', sale: '' },
      fingerprint_version: FINGERPRINT_VERSION,
      system: '1',
      timeline: '00000001',
      restarted: false,
      as_of: AS_OF,
      held_back_ms: 0,
      held_back_by: null,
      dead_letters: null,
      watermark: `after ${n}`,
      next_cursor: this.after(n),
      facts: [fact(n)],
      conflicts: [],
      bytes: this.bytes,
    });
  }
  protected after(n: number): string | null {
    return n + 1 < this.count ? String(n + 1) : null;
  }
  override erasures = () => Promise.resolve({ key_fingerprint: null, erasures: [], next_cursor: null });
  override reach = () => Promise.resolve();
}

const nobodyErased = {
  fits: () => Promise.resolve(true),
  take: () => Promise.resolve(),
  anySince: () => false,
  isErased: () => false,
  twins: () => Promise.resolve(),
};

class Notes extends MergeLog {
  readonly noted: (Reached | null)[] = [];
  ended: { readonly progress: MergeProgress; readonly reached: Reached | null } | null = null;
  readonly lost = new AbortController();

  override claim(): Promise<MergeClaim> {
    return Promise.resolve({ lost: this.lost.signal, release: () => Promise.resolve() });
  }
  override isDue = () => Promise.resolve(true);
  override begin = () => Promise.resolve('merge');
  override watermark = () => Promise.resolve(null);
  override note(_id: string, _progress: MergeProgress, reached: Reached | null): Promise<void> {
    this.noted.push(reached);
    return Promise.resolve();
  }
  override end(_id: string, progress: MergeProgress, _end: unknown, reached: Reached | null): Promise<void> {
    this.ended = { progress, reached };
    return Promise.resolve();
  }
}

/** @param record what becomes of the n-th page */
async function merged(
  pages: Pages,
  { record = () => Promise.resolve(), log = new Notes() }: { record?: (n: number) => Promise<void>; log?: Notes } = {},
) {
  let begun = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  const merger = new Merger({
    other: pages,
    record: async ({ events }: RecordEventCommand): Promise<Verdict[]> => {
      const n = begun++;
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      // Others come to their turn first.
      await new Promise((resolve) => setImmediate(resolve));
      await record(n).finally(() => (atOnce -= 1));
      return [...events].map(() => ({ status: 'recorded', eventId: '' }));
    },
    log,
    conflicts: { recorded: () => Promise.resolve([]), add: () => Promise.resolve() },
    foreseen: { outcomes: () => Promise.reject(new Error('no rehearsal')) },
    erasures: nobodyErased,
    config,
    logger: quietLogger,
  });
  const asked = { region: 'b', since: null, dryRun: false, actor: 'a test' };
  const report = await (await merger.begin(asked, new AbortController().signal)).done;
  return { report, mostAtOnce, log };
}

const at = (n: number, until: number | null = null): Reached => ({ region: 'b', watermark: `after ${n}`, until });

describe('a merge', () => {
  it('records three pages at once, and fewer where they are large', async () => {
    expect((await merged(new Pages(20, 1_000))).mostAtOnce).toBe(3);
    expect((await merged(new Pages(20, 2_500_000))).mostAtOnce).toBe(2);
    const alone = await merged(new Pages(20, 9_000_000));
    expect([alone.mostAtOnce, alone.report.tally.merged]).toEqual([1, 20]);
  });

  it('writes down how far it came after every eighth page, and at its end', async () => {
    const { log, report } = await merged(new Pages(20, 1_000));
    expect(report).toMatchObject({ state: 'done', tally: { merged: 20 } });
    expect(log.noted).toEqual([at(7), at(15)]);
    expect(log.ended).toMatchObject({ progress: { tally: { merged: 20 } }, reached: at(19, Date.parse(AS_OF)) });
  });

  it('comes as far as all pages before are recorded, and counts those after as nothing', async () => {
    const record = (n: number) => (n === 5 ? Promise.reject(new Error('planted')) : Promise.resolve());
    const { log, report } = await merged(new Pages(20, 1_000), { record });
    expect(report).toMatchObject({ state: 'failed', detail: 'planted', tally: { merged: 5 } });
    expect(log.ended?.reached).toEqual(at(4));
  });

  it('says nothing of how far it came once another process may merge', async () => {
    const log = new Notes();
    const record = (n: number) => {
      if (n === 5) log.lost.abort(new Error('the connection broke'));
      return Promise.resolve();
    };
    const { report } = await merged(new Pages(20, 1_000), { record, log });
    expect(report.state).toBe('interrupted');
    expect(log.ended?.reached).toBeNull();
  });

  it.each([1, 2, 3, 50])('ends where the pages of the other region lead in a circle of %i', async (length) => {
    class Circle extends Pages {
      protected override after = (n: number) => String(5 + ((n + 1 - 5) % length));
    }
    const { report } = await merged(new Circle(0, 1_000));
    expect(report).toMatchObject({ state: 'failed', code: 'not_understood' });
    expect(report.tally.merged).toBeLessThan(5 + 3 * length + 5);
  });

  it('has failed where its end can be written down only without what the other region says of itself', async () => {
    class Picky extends Notes {
      override end(id: string, progress: MergeProgress, end: MergeEnd, reached: Reached | null): Promise<void> {
        if (reached !== null) return Promise.reject(new Error('planted'));
        this.endedAs = end;
        return super.end(id, progress, end, reached);
      }
      endedAs: MergeEnd | null = null;
    }
    const log = new Picky();
    const { report } = await merged(new Pages(2, 1_000), { log });
    expect(report).toMatchObject({ state: 'failed', code: 'internal', tally: { merged: 2 } });
    expect(log.endedAs).toMatchObject({ state: 'failed', detail: expect.stringContaining('planted') as string });
  });
});
