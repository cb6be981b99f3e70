import { gather } from '../../src/platform/slice.js';
import { ALERTS_FAILPOINTS } from '../../src/alerts/alerts.failpoints.js';
import { PEOPLE_FAILPOINTS } from '../../src/people/people.failpoints.js';
import * as catalogue from '../../src/slices.js';
import { eventually } from '../support/waiting.js';
import type { Load } from './load.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import type { Random } from './random.js';
import { startArmed, type Replica } from './replica.js';
import type { Stage } from './stage.js';

/** Kinds of faults, and how often each is drawn: a broker's restart takes ten times as long as the others'. */
export const FAULT_WEIGHTS = {
  'kill service': 34,
  'kill service at failpoint': 16,
  'kill postgresql': 26,
  'kill broker': 4,
  'stop replica in transaction': 3,
  'cut postgresql connections': 5,
  'cut broker connections': 4,
  'stall postgresql connections': 3,
  'stall broker connections': 3,
  'reset subscription': 2,
  'rolling restart': 3,
} as const;
export type FaultKind = keyof typeof FAULT_WEIGHTS;

/** A fault that was injected, for the report. */
export interface FaultDone {
  readonly kind: FaultKind;
  readonly detail: string;
  /** Processes killed with SIGKILL in it. */
  readonly kills: number;
  /** Until everything runs again, milliseconds. */
  readonly milliseconds: number;
  /** The promise that was not kept. */
  readonly violation: string | null;
}

/** A writer may be idle in a transaction for 5 s, and a replica has two writers, which can go one after the other. */
const OTHER_RECORDS_WITHIN_MS = 15_000;
const STALL_MS = 3_000;
const WAIT_MS = 240_000;
const FAILPOINT_REACHED_MS = 8_000;
/**
 * All that are declared, but for those of alerts, which need a rule and a webhook (test/alerts/drill), and of people, which need
 * somebody to be erased (test/people/killed).
 */
export const FAILPOINTS = Object.keys(gather(Object.values(catalogue)).failpoints).filter(
  (name) => !Object.hasOwn(ALERTS_FAILPOINTS, name) && !Object.hasOwn(PEOPLE_FAILPOINTS, name),
);
/** Not reached by a load over Pulsar and HTTP: one needs SIGTERM, the other a week that has no partition yet. */
const UNDER_LOAD = FAILPOINTS.filter((name) => name !== 'in_drain' && name !== 'in_partition_making');

type Outcome = Omit<FaultDone, 'kind' | 'milliseconds'>;

export class Faults {
  private readonly busy = new Set<string>();

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly load: Load,
  ) {}

  async inject(kind: FaultKind): Promise<FaultDone> {
    const victim = this.random.pick(this.stage.replicas);
    const touched = this.touches(kind, victim);
    await this.untouched(touched);
    const started = performance.now();
    try {
      const outcome = await this.perform(kind, victim);
      return { kind, ...outcome, milliseconds: Math.round(performance.now() - started) };
    } finally {
      for (const part of touched) this.busy.delete(part);
    }
  }

  /** The servers that a fault needs for itself: two at the same time must not touch the same. */
  private touches(kind: FaultKind, victim: Replica): string[] {
    const replicas = this.stage.replicas.map(({ name }) => name);
    switch (kind) {
      case 'kill service':
      case 'kill service at failpoint':
        return [victim.name];
      case 'kill postgresql':
        return ['postgresql'];
      case 'kill broker':
      case 'reset subscription':
        return ['broker'];
      case 'stop replica in transaction':
        return [...replicas, 'postgresql', 'broker', 'proxy'];
      case 'rolling restart':
        return [...replicas, 'postgresql'];
      default:
        return ['proxy'];
    }
  }

  private async untouched(parts: readonly string[]): Promise<void> {
    const free = () => parts.every((part) => !this.busy.has(part));
    await eventually(free, { within: WAIT_MS, what: `${parts.join(', ')} are left alone` });
    for (const part of parts) this.busy.add(part);
  }

  private async perform(kind: FaultKind, victim: Replica): Promise<Outcome> {
    const { postgresProxy, brokerProxy } = this.stage;
    switch (kind) {
      case 'kill service':
        return this.killService(victim);
      case 'kill service at failpoint':
        return this.killAtFailpoint(victim);
      case 'kill postgresql':
        await this.stage.postgres.kill();
        await this.stage.postgres.start();
        return fine('', 1);
      case 'kill broker':
        await this.stage.pulsar.kill();
        await this.stage.pulsar.start();
        return fine('', 1);
      case 'stop replica in transaction':
        return this.stopInTransaction(victim);
      case 'cut postgresql connections':
        return this.cutSeveral(postgresProxy);
      case 'cut broker connections':
        return this.cutSeveral(brokerProxy);
      case 'stall postgresql connections':
      case 'stall broker connections': {
        const proxy = kind === 'stall postgresql connections' ? postgresProxy : brokerProxy;
        proxy.stall();
        await pause(STALL_MS);
        proxy.flow();
        return fine(`B, ${STALL_MS} ms`);
      }
      case 'reset subscription':
        await this.stage.resetSubscription();
        return fine('to earliest');
      case 'rolling restart':
        return this.rollingRestart();
    }
  }

  private async killService(replica: Replica): Promise<Outcome> {
    await replica.kill();
    await replica.start();
    return fine(replica.name, 1);
  }

  /** The replica's next life ends at a named point, the n-th time it comes by. */
  private async killAtFailpoint(replica: Replica): Promise<Outcome> {
    const name = this.random.pick(UNDER_LOAD);
    const nth = 1 + this.random.below(10);
    await replica.kill();
    let kills = 1;
    const started = await startArmed(replica, `${name}:exit:${nth}`);
    if (started) {
      const reached = await endsWithin(replica, FAILPOINT_REACHED_MS);
      if (!reached) await replica.kill();
    }
    kills += 1;
    await replica.start();
    return fine(`${replica.name} ${name}:${nth}`, kills);
  }

  private async cutSeveral(proxy: TcpProxy): Promise<Outcome> {
    const times = 1 + this.random.below(5);
    let connections = 0;
    for (let turn = 0; turn < times; turn++) {
      connections += proxy.connections;
      proxy.cut();
      await pause(50 + this.random.below(500));
    }
    return fine(`B, ${times} times, ${connections} connections`);
  }

  private async rollingRestart(): Promise<Outcome> {
    for (const replica of this.stage.replicas) {
      replica.signal('SIGTERM');
      const { code, signal } = await replica.ended();
      if (code !== 0) {
        await replica.start();
        return { ...fine(replica.name), violation: `${replica.name} ended with ${code ?? signal} after SIGTERM` };
      }
      await replica.start();
      await replica.ready();
    }
    return fine('SIGTERM to A, then to B');
  }

  /** Stops a replica while it holds the counters, and measures how long the other one cannot record. */
  private async stopInTransaction(stopped: Replica): Promise<Outcome> {
    const other = this.stage.replicas.find((replica) => replica !== stopped)!;
    const caught = await this.stopBetweenStatements(stopped);
    try {
      if (!caught) return fine(`${stopped.name}: never met inside a transaction`);
      const from = performance.now();
      await this.load.recordThrough(other.url);
      const took = Math.round(performance.now() - from);
      const late = took > OTHER_RECORDS_WITHIN_MS;
      return {
        detail: `${stopped.name} stopped, ${other.name} recorded after ${took} ms`,
        kills: 0,
        violation: late ? `${other.name} recorded only after ${took} ms` : null,
      };
    } finally {
      stopped.signal('SIGCONT');
    }
  }

  private async stopBetweenStatements(replica: Replica): Promise<boolean> {
    for (let attempt = 0; attempt < 200; attempt++) {
      replica.signal('SIGSTOP');
      await pause(300);
      // What has been idle in a transaction for so long is no other than the stopped one's.
      const idle = await this.stage.query(
        `select from pg_stat_activity where application_name = 'monitoreo-writer' and state = 'idle in transaction'
         and state_change < clock_timestamp() - interval '250 milliseconds'`,
      );
      if (idle.length > 0) return true;
      replica.signal('SIGCONT');
      await pause(this.random.below(120));
    }
    return false;
  }
}

async function endsWithin(replica: Replica, within: number): Promise<boolean> {
  try {
    await replica.ended(within);
    return true;
  } catch (error) {
    if (!(error as Error).message.startsWith('not within')) throw error;
    return false;
  }
}

const fine = (detail: string, kills = 0): Outcome => ({ detail, kills, violation: null });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
