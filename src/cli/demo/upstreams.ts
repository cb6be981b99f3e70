import { parseArgs } from 'node:util';
import { UPSTREAMS } from '../../consolidated/domain/upstream.js';
import { FAULTS, type Fault } from './upstreams/faults.js';
import { sampleData } from './upstreams/sample-data.js';
import { SERVICES, StandIn, type Service } from './upstreams/stand-in.js';

export const HELP = `npm run demo -- upstreams [options]

Runs small stand-ins for the four services that the orchestrator asks (/api/dashboard/consolidated), until Ctrl-C.

  --ports <a,b,c,d>  their ports (default 8081,3000,8000,8080, where they are expected); a taken one is replaced by a free one
  --seed <n>         of the data (default 1)
  --fault <n=fault>  one does this from the start: --fault 3=hang; may be given several times
  --help             this text

faults: ${FAULTS.join(', ')}
Switched at any time: curl -X POST http://127.0.0.1:8000/_fault/hang, and /_fault/none ends it.`;

interface UpstreamsOptions {
  readonly ports: readonly number[];
  readonly seed: number;
  readonly faults: ReadonlyMap<number, Fault>;
}

const EXPECTED_PORTS = '8081,3000,8000,8080';
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** @throws Error with the options that are wrong */
export async function run(args: readonly string[]): Promise<number> {
  const { ports, seed, faults } = parseUpstreamsOptions(args);
  const data = sampleData(seed);
  const standIns = await Promise.all(SERVICES.map((service, index) => started(service, data, ports[index]!)));
  standIns.forEach((standIn, index) => {
    standIn.fault = faults.get(index + 1) ?? null;
    say(`${UPSTREAMS[index]}  ${standIn.url}  ${SERVICES[index]}${standIn.fault === null ? '' : `, ${standIn.fault}`}`);
  });
  const expected = EXPECTED_PORTS.split(',');
  const elsewhere = standIns.flatMap(({ url }, index) =>
    new URL(url).port === expected[index] ? [] : [`MICROSERVICE${index + 1}_URL=${url}`],
  );
  if (elsewhere.length > 0) say(`Start the service with ${elsewhere.join(' ')}`);
  say('Then: curl -s localhost:8082/api/dashboard/consolidated    Ctrl-C ends this');
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  await Promise.all(standIns.map((standIn) => standIn.stop()));
  return 0;
}

/** @throws Error with the options that are wrong, all at once */
export function parseUpstreamsOptions(args: readonly string[]): UpstreamsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ports: { type: 'string', default: EXPECTED_PORTS },
      seed: { type: 'string', default: '1' },
      fault: { type: 'string', multiple: true, default: [] },
    },
  });
  const wrong: string[] = [];
  const ports = values.ports.split(',').map(Number);
  if (
    ports.length !== SERVICES.length ||
    !ports.every((port) => Number.isInteger(port) && port >= 0 && port < 65_536)
  ) {
    wrong.push('--ports must be four ports, separated by commas; 0 is a free one');
  }
  if (!/^\d{1,9}$/.test(values.seed)) wrong.push('--seed must be a whole number');
  const faults = new Map<number, Fault>();
  for (const given of values.fault) {
    const [, number, name] = /^([1-4])=(.+)$/.exec(given) ?? [];
    const fault = FAULTS.find((known) => known === name);
    if (fault === undefined) wrong.push(`--fault must be a number from 1 to 4, = and one of ${FAULTS.join(', ')}`);
    else faults.set(Number(number), fault);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return { ports, seed: Number(values.seed), faults };
}

async function started(service: Service, data: ReturnType<typeof sampleData>, port: number): Promise<StandIn> {
  try {
    return await StandIn.start(service, data, { port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return StandIn.start(service, data);
  }
}
