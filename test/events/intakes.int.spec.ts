import { isDeepStrictEqual } from 'node:util';
import { REASON_CODES, UNREADABLE_REASONS } from '../../src/events/domain/rejection.js';
import { Random } from '../faults/random.js';
import { HttpWay } from './intakes/http-way.js';
import { PulsarWay } from './intakes/pulsar-way.js';
import { type PlacedInput, rounds } from './intakes/rounds.js';
import { countedVerdicts, type SeenVerdict } from './intakes/seen-verdict.js';

const SEED = 20_261_124;
const INPUTS = 10_000;
/** A request of POST /events takes 1,000. */
const ROUND = 250;
const SHOWN = 10;
/** The floor of the retention lies below every time; no payload is known that PostgreSQL refuses; there are no other regions. */
const ELSEWHERE: readonly string[] = [...UNREADABLE_REASONS, 'no_identity', 'too_old', 'unstorable'];

/**
 * One parser, one schema, one identity: whatever comes in, HTTP and Pulsar say the same about it and leave the same row.
 * What the transports themselves decide is kept out of the inputs: empty bodies and those above 5 MB (HTTP), properties,
 * keys and event times of messages (Pulsar), and the time of receipt, which is made the same.
 */
describe(`${INPUTS.toLocaleString('en')} generated inputs over HTTP and over Pulsar, seed ${SEED}`, () => {
  const inputs: PlacedInput[] = [];
  let http: HttpWay;
  let pulsar: PulsarWay;
  let overHttp: SeenVerdict[];
  let overPulsar: SeenVerdict[];

  beforeAll(async () => {
    [http, pulsar] = await Promise.all([HttpWay.open(), PulsarWay.open()]);
    for (const round of rounds(new Random(SEED), INPUTS, ROUND)) {
      inputs.push(...round);
      await Promise.all([http.send(round), pulsar.send(round)]);
    }
    overHttp = await http.verdicts(inputs);
    overPulsar = await pulsar.verdicts(inputs);
  }, 240_000); // about 15 s on two idle cores

  afterAll(() => Promise.all([http.close(), pulsar.close()]));

  it('get the same verdict: recorded as the same row, duplicate, or rejected for the same reason in the same words', () => {
    const differences = inputs.flatMap(({ n, item, made, type, bytes }, index) => {
      const [ofHttp, ofPulsar] = [overHttp[index]!, overPulsar[index]!];
      if (isDeepStrictEqual(ofHttp, comparable(ofPulsar, ofHttp, item))) return [];
      return [{ n, made, type, bytes: bytes.toString('latin1').slice(0, 300), item, ofHttp, ofPulsar }];
    });
    expect({ differences: differences.length, seed: SEED, first: differences.slice(0, SHOWN) }).toEqual({
      differences: 0,
      seed: SEED,
      first: [],
    });
  });

  it('are recorded, duplicates, and rejected for every reason that a live event can get', () => {
    const tally = new Map<string, number>();
    for (const verdict of overPulsar) {
      const name = verdict.status === 'rejected' ? `rejected ${verdict.reason}` : verdict.status;
      tally.set(name, (tally.get(name) ?? 0) + 1);
    }
    const listed = [...tally].sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`);
    process.stdout.write(`${inputs.length} inputs, seed ${SEED}: ${listed.join(', ')}\n`);
    const reasons = REASON_CODES.filter((reason) => !ELSEWHERE.includes(reason)).map((reason) => `rejected ${reason}`);
    expect([...tally.keys()].sort()).toEqual(['duplicate', 'recorded', ...reasons].sort());
    for (const [name, n] of tally) expect([name, n >= 10]).toEqual([name, true]);
  });

  it('are counted alike by the services themselves', async () => {
    const [ofHttp, ofPulsar] = await Promise.all(
      [http, pulsar].map(async ({ application }) =>
        countedVerdicts((await application.app.inject('/internal/metrics')).payload),
      ),
    );
    expect(ofHttp).toEqual(ofPulsar);
    expect(Object.values(ofHttp!).reduce((sum, n) => sum + n, 0)).toBe(INPUTS);
  });
});

/** POST /events names no field beside the detail; a dead letter has it in front. */
function comparable(ofPulsar: SeenVerdict, ofHttp: SeenVerdict, item: boolean): SeenVerdict {
  if (!item || ofPulsar.status !== 'rejected' || ofHttp.status !== 'rejected') return ofPulsar;
  return ofPulsar.detail.endsWith(`: ${ofHttp.detail}`) ? { ...ofPulsar, detail: ofHttp.detail } : ofPulsar;
}
