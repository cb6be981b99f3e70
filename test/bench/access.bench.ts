import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { processorPerRequest, timingOfCheck } from './access-stage.js';

const HELP = `npm run bench -- access [--samples 1000000] [--pairs 200] [--requests 250]
Whether the time of the check tells how much of a secret is right: Welch's t of keys that are wrong in their first against
their last byte, for API_TOKEN and for a key of the table; exits with 1 from |t| 4.5 on. And what the check costs: processor
time of a request with a key that is asked for, beside the same where no key exists, in turn; exits with 1 above 10 µs.`;

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '1000000' },
    pairs: { type: 'string', default: '200' },
    requests: { type: 'string', default: '250' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const MOST_US = 10;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const checks = await timingOfCheck(Number(values.samples));
for (const { of, t, firstNs, lastNs } of checks)
  say(
    `${of}: wrong in the first byte ${firstNs.toFixed(0)} ns, in the last ${lastNs.toFixed(0)} ns, t = ${t.toFixed(2)}`,
  );

const cost = await processorPerRequest(Number(values.pairs), Number(values.requests));
say(`a request and its client: ${cost.openUs.toFixed(1)} µs without keys, ${cost.keyedUs.toFixed(1)} µs with one`);
say(`the check: ${cost.differenceUs.toFixed(1)} µs, ${cost.ratio.toFixed(3)} times the request`);
process.exit(checks.every(({ t }) => Math.abs(t) < 4.5) && cost.differenceUs <= MOST_US ? 0 : 1);
