import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Health } from '../observability/health.js';
import { Telemetry } from '../observability/telemetry.js';
import { classify, sqlState } from './sql-state.js';

/** Once may be chance, twice a coincidence. */
const TIMES = 3;
/** An error that the sender's bytes or our own code cause comes again for ever. These are the names of such errors of Node itself. */
const OF_CODE = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError']);

/** One kind of write that is tried again until it succeeds. */
export class StuckWrite {
  private last: string | null = null;
  private times = 0;

  constructor(private readonly onStuck: () => void) {}

  /** The error that it met three times in a row; null while all is well. */
  get problem(): string | null {
    return this.times >= TIMES ? this.last : null;
  }

  failed(error: unknown): void {
    if (!isDeterministic(error)) return;
    const { name, message } = error as Error;
    const text = `${sqlState(error) ?? name}: ${message}`.slice(0, 200);
    this.times = text === this.last ? this.times + 1 : 1;
    this.last = text;
    if (this.times === TIMES) this.onStuck();
  }

  succeeded(): void {
    this.last = null;
    this.times = 0;
  }
}

/** Names in `/health` what is tried again and again and meets the same error each time: only a human ends that. */
@Injectable()
export class StuckWrites {
  private readonly writes = new Map<string, StuckWrite>();
  private readonly counter: Counter<'write'>;

  constructor(health: Health, telemetry: Telemetry) {
    this.counter = new Counter({
      name: 'monitoreo_stuck_writes_total',
      help: 'Writes that met the same error three times in a row, by kind',
      labelNames: ['write'],
      registers: [telemetry.registry],
    });
    health.register({
      name: 'writes',
      required: false,
      check: () => {
        const problems = [...this.writes].flatMap(([name, { problem }]) =>
          problem === null ? [] : [`${name}: ${problem}`],
        );
        return Promise.resolve(
          problems.length === 0
            ? { status: 'up' }
            : { status: 'down', reason: `tried again in vain: ${problems.join('; ')}` },
        );
      },
    });
  }

  /** @param name for an operator, `dead letters` */
  watch(name: string): StuckWrite {
    const write = new StuckWrite(() => this.counter.inc({ write: name }));
    this.counter.inc({ write: name }, 0);
    this.writes.set(name, write);
    return write;
  }
}

/** An outage is none, however long: it says the same each time, and ends by itself. */
function isDeterministic(error: unknown): boolean {
  if (sqlState(error) === undefined) return error instanceof Error && OF_CODE.has(error.name);
  const { fault, known } = classify(error);
  return fault !== 'transient' || !known;
}
