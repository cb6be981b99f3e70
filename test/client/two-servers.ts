import type { Host } from '../../src/client/failover/host.js';
import type { Reply, Transport } from '../../src/client/failover/transport.js';

/** Time that moves when a test says so, from one timer to the next. */
export class ScriptedHost implements Host {
  private time = 1_770_000_000_000;
  private timers: { readonly at: number; readonly run: () => void }[] = [];
  private byte = 0;

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((one) => one !== timer));
  }

  randomBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => (this.byte = (this.byte + 97) % 256));
  }

  /** Everything that is due until nothing is, or until the condition holds. @returns whether it does */
  async run(until: () => boolean, most = 2_000): Promise<boolean> {
    for (let step = 0; step < most; step++) {
      await allPromises();
      if (until()) return true;
      const next = this.timers.reduce((first, one) => (one.at < first.at ? one : first), this.timers[0]!);
      if (next === undefined) return false;
      this.timers = this.timers.filter((one) => one !== next);
      this.time = next.at;
      next.run();
    }
    return false;
  }
}

/** A turn of the event loop begins when no promise can go on. */
export const allPromises = () => new Promise((resolve) => setImmediate(resolve));

/** The ways in which a server treats a request; `stores…` takes the events first, and its answer is lost. */
export const FATES = ['answers', 'refuses', 'hangs', 'fails', 'storesAndHangs', 'storesAndFails', 'signIn'] as const;
export type Fate = (typeof FATES)[number];

export interface Post {
  readonly to: string;
  readonly fate: Fate | 'limits' | 'forbids';
  readonly at: number;
  readonly events: readonly string[];
}

/** Two regions that keep what they store by its id, as the service does. */
export class TwoServers implements Transport {
  readonly posts: Post[] = [];
  readonly probes: { readonly to: string; readonly at: number; readonly answered: boolean }[] = [];
  readonly stored: Readonly<Record<string, Map<string, string>>> = { a: new Map(), b: new Map() };

  /** @param script what each server does with its posts, in turn; then it answers. Probes are answered as the next post would be. */
  constructor(
    private readonly host: Host,
    private readonly script: Readonly<Record<string, (Post['fate'] | readonly [Post['fate'], string])[]>>,
  ) {}

  async post(to: string, events: readonly string[], signal: AbortSignal): Promise<Reply> {
    const [fate, retryAfter] = [this.script[to]!.shift() ?? 'answers'].flat() as [Post['fate'], string?];
    this.posts.push({ to, fate, at: this.host.now(), events });
    const answer: Reply = { status: 200, retryAfter: null, body: null };
    switch (fate) {
      case 'refuses':
        throw new TypeError('fetch failed');
      case 'hangs':
        return aborted(signal);
      case 'fails':
        return { ...answer, status: 503 };
      case 'signIn':
        return answer;
      case 'limits':
        return { ...answer, status: 429, retryAfter: retryAfter ?? null };
      case 'forbids':
        return { ...answer, status: 403, body: { code: 'forbidden' } };
    }
    const results = events.map((json, index) => ({ index, ...this.store(to, json), code: null, detail: null }));
    if (fate === 'storesAndHangs') return aborted(signal);
    if (fate === 'storesAndFails') return { ...answer, status: 500 };
    return { ...answer, body: { results } };
  }

  async isBack(to: string, signal: AbortSignal): Promise<boolean> {
    const next = [this.script[to]![0] ?? 'answers'].flat()[0] as Post['fate'];
    const answered = !/hangs|refuses/i.test(next) && !/fails/i.test(next);
    this.probes.push({ to, at: this.host.now(), answered });
    if (answered) return true;
    // An outage ends by itself: what it was to do to posts it has done to probes.
    this.script[to]!.shift();
    if (/hangs/i.test(next)) return aborted(signal);
    if (next === 'refuses') throw new TypeError('fetch failed');
    return false;
  }

  private store(to: string, json: string): { status: string; event_id: string } {
    const { event_id } = JSON.parse(json) as { event_id: string };
    const known = this.stored[to]!.get(event_id);
    if (known === undefined) this.stored[to]!.set(event_id, json);
    if (known !== undefined && known !== json) throw new Error(`other content under ${event_id}`);
    return { event_id, status: known === undefined ? 'recorded' : 'duplicate' };
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
