import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { EventStream } from '../event-stream.js';
import type { Random } from '../random.js';
import { ClientLoad } from './client-load.js';
import { ForgetfulRegion } from './forgetful-region.js';
import { merge, mergeBoth } from './merges.js';
import type { RegionCycles } from './region-cycles.js';
import type { RegionFinding, RegionsReport } from './audit/regions-audit.js';
import type { RegionsLedger } from './audit/regions-ledger.js';
import type { TwoStacks } from './two-stacks.js';

export interface PlantedInMerges {
  readonly fault: string;
  readonly expected: RegionFinding;
  readonly found: RegionsReport['counts'];
  readonly caught: boolean;
}

const ALL_TIME = '2000-01-01T00:00:00Z';
const VICTIM = 'create table victim as select * from events where user_agent is not null limit 1';
const SAME = '(event_key, event_type) = (select event_key, event_type from victim)';
const PUT_BACK = `delete from events where ${SAME}; insert into events select * from victim; drop table victim`;
const ONE_CONTENT =
  'create table victim as select * from region_conflicts order by event_key, event_type, fingerprint limit 1';

/** Changed by hand in region b, found, and put back. */
const CHANGES: readonly { fault: string; expected: RegionFinding; plant: string; undo: string }[] = [
  {
    fault: 'an event doubled in one region',
    expected: 'doubled',
    plant: `${VICTIM}; insert into events select * from victim`,
    undo: PUT_BACK,
  },
  {
    fault: 'an event altered in one region',
    expected: 'altered',
    plant: `${VICTIM}; update events set page_url = page_url || '?' where ${SAME}`,
    undo: PUT_BACK,
  },
  {
    fault: 'a conflict that one region knows half of',
    expected: 'conflict',
    plant: `${ONE_CONTENT}; delete from region_conflicts using victim
      where (region_conflicts.event_key, region_conflicts.event_type, region_conflicts.fingerprint) = (victim.event_key, victim.event_type, victim.fingerprint)`,
    undo: 'insert into region_conflicts select * from victim; drop table victim',
  },
  {
    fault: 'a merged event counted twice in one region',
    expected: 'projection',
    plant: `create table victim as select max(bucket) as bucket from event_counts_15m;
      update event_counts_15m set n = n + 1 where event_type = 'click' and label = '' and bucket = (select bucket from victim)`,
    undo: `update event_counts_15m set n = n - 1 where event_type = 'click' and label = '' and bucket = (select bucket from victim);
      drop table victim`,
  },
];

/** An auditor that has caught nothing has shown nothing: planted where both regions were found clean. */
export class PlantedFaults {
  constructor(
    private readonly stacks: TwoStacks,
    private readonly cycles: RegionCycles,
    private readonly stream: EventStream,
    private readonly ledger: RegionsLedger,
    private readonly random: Random,
  ) {}

  async plant(say: (line: string) => void): Promise<PlantedInMerges[]> {
    const results: PlantedInMerges[] = [];
    const add = (planted: PlantedInMerges) => {
      results.push(planted);
      say(`planted: ${planted.fault}: ${planted.caught ? 'caught' : 'NOT CAUGHT'} (${JSON.stringify(planted.found)})`);
    };
    add(await this.skippedRow());
    for (const { fault, expected, plant, undo } of CHANGES) {
      await this.stacks.b.query(plant);
      const { counts } = await this.cycles.audit();
      add({ fault, expected, found: counts, caught: (counts[expected] ?? 0) > 0 });
      await this.stacks.b.query(undo);
      await this.mustBeClean();
    }
    return results;
  }

  /** Read with everything else of its page, and never recorded: no later merge looks at it again. */
  private async skippedRow(): Promise<PlantedInMerges> {
    const { a, b } = this.stacks;
    const events = Array.from({ length: 20 }, () => this.stream.event());
    const onlyB = new ClientLoad(b, null, this.stream, this.ledger);
    await Promise.all(events.map((event) => onlyB.record(event)));
    onlyB.close();
    const forgetful = await ForgetfulRegion.before(b, this.random.pick(events).content!.eventId);
    try {
      const env = { ...process.env, ...a.commandEnv(b, { REGIONS: `b=${forgetful.url}` }) };
      await promisify(execFile)(process.execPath, ['dist/cli.js', 'merge', '--from', 'b'], { env });
    } finally {
      forgetful.close();
    }
    await mergeBoth([a, b], this.random);
    const { counts } = await this.cycles.audit();
    const caught = forgetful.forgotten === 1 && counts.lost === 1;
    await merge(a, b, this.random, ALL_TIME);
    await this.mustBeClean();
    return { fault: 'a merge that skips a row', expected: 'lost', found: counts, caught };
  }

  private async mustBeClean(): Promise<void> {
    const { counts, examples } = await this.cycles.audit();
    if (Object.keys(counts).length > 0) throw new Error(examples.join('; '));
  }
}
