import { parseArgs } from 'node:util';
import { HELP as REGIONS_HELP } from './regions.js';
import { HELP as UPSTREAMS_HELP } from './upstreams.js';

export interface DemoOptions {
  /** Events per second, 1 to 20,000. */
  readonly rate: number;
  /** Seconds; 0 means until Ctrl-C. */
  readonly durationS: number;
  /** Visitors at the same time, 1 to 1,000,000. */
  readonly users: number;
  /** Days before today on which visitors were here already, 0 to 365. */
  readonly days: number;
  /** Whether it makes rules of which one fires meanwhile. */
  readonly alerts: boolean;
}

export const HELP = `npm run demo -- [options]

Publishes a realistic stream of clicks, conversions and sales to the Pulsar of the running service.

  --rate <n>       events per second (default 50)
  --duration <s>   seconds, 0 until Ctrl-C (default 60)
  --users <n>      visitors at the same time (default 200)
  --days <n>       first their visits of so many days before, 0 none (default 14)
  --no-alerts      make no alert rules; else two, of which one fires meanwhile
  --help           this text

The broker is that of the running npm start; PULSAR_SERVICE_URL (in the environment or .env) names another one.

${UPSTREAMS_HELP}

${REGIONS_HELP}`;

const LIMITS = {
  rate: [1, 20_000, 50],
  duration: [0, 86_400, 60],
  users: [1, 1_000_000, 200],
  days: [0, 365, 14],
} as const;

/** @throws Error with the options that are wrong, all at once. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { rate: text, duration: text, users: text, days: text, 'no-alerts': { type: 'boolean', default: false } },
  });
  const wrong: string[] = [];
  const number = (name: keyof typeof LIMITS): number => {
    const [min, max, usual] = LIMITS[name];
    const given = values[name];
    const value = given === undefined ? usual : Number(given);
    if (given === '' || !Number.isInteger(value) || value < min || value > max) {
      wrong.push(`--${name} must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
  const options = {
    rate: number('rate'),
    durationS: number('duration'),
    users: number('users'),
    days: number('days'),
    alerts: !values['no-alerts'],
  };
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return options;
}
