import { eventually } from '../../support/waiting.js';
import type { EventStream } from '../event-stream.js';
import { ClientLoad } from './client-load.js';
import { floorOf } from './audit/region-state.js';
import type { RegionCycles } from './region-cycles.js';
import type { RegionsLedger } from './audit/regions-ledger.js';
import type { TwoStacks } from './two-stacks.js';

const WITHIN_MS = 90_000;
const EVENTS = 400;
const WEEK_MS = 7 * 86_400_000;

/**
 * Region b keeps less than region a from now on: what happened before its floor goes there and does not come back by a merge; above it
 * both hold the same.
 */
export async function raisedFloor(
  stacks: TwoStacks,
  cycles: RegionCycles,
  stream: EventStream,
  ledger: RegionsLedger,
): Promise<string> {
  const { a, b } = stacks;
  await b.service.kill();
  await b.startService(a, { RETENTION_DAYS: '1' });
  await b.service.ready();
  const moved = async () => {
    const floor = await floorOf(b.postgres.url);
    const [row] = await b.query<{ n: number }>(
      'select count(*)::int as n from events where occurred_at < to_timestamp($1)',
      [floor / 1000],
    );
    return floor > 0 && row!.n === 0 && floor;
  };
  const floor = await eventually(moved, { within: WITHIN_MS, what: 'region b lets go of what is old' });
  const onlyA = new ClientLoad(a, null, stream, ledger);
  const late = Array.from({ length: EVENTS }, (_, n) =>
    stream.event({ timestamp: floor - 1 - (n * WEEK_MS) / EVENTS }),
  );
  const recent = Array.from({ length: EVENTS }, () => stream.event({ timestamp: Date.now() }));
  await Promise.all([...late, ...recent].map((event) => onlyA.record(event)));
  onlyA.close();
  if (onlyA.wrong.length > 0) throw new Error(onlyA.wrong.join('; '));
  const merges = await cycles.merges();
  const below = merges.reduce((sum, { below_floor }) => sum + below_floor, 0);
  if (below < EVENTS) throw new Error(`${below} events were told to be below the floor, of ${EVENTS}`);
  const { counts, examples, told, facts } = await cycles.audit(['1h']);
  if (Object.keys(counts).length > 0) throw new Error(examples.join('; '));
  return `b keeps what happened since ${new Date(floor).toISOString()}: ${below} facts of a were left out, above it both hold the same ${facts.b} of ${told} events that were told`;
}
