import type { Chance, DemoEvent, Visitor } from './visitor.js';

const DAY_MS = 86_400_000;
/** More of them show nothing that so many do not, and take time. */
const MOST_VISITORS = 400;
/** How often somebody comes back a day after, and after how many days half as often. */
const COMES_BACK = 0.45;
const FADES_DAYS = 4;
/** Acts of one visit, and the milliseconds between them. */
const ACTS = { least: 3, most: 22 };
const PAUSE_MS = { least: 4_000, most: 60_000 };
/** A visit begins within so much of a day around the hour of now. */
const HOURS_MS = 10 * 3_600_000;

/**
 * The events of visitors on the days before. Each visitor came first on one of them, and may have come back on each later
 * one. So there is something to see in figures that need days: who comes back, and who does one thing after the other.
 * @param now epoch milliseconds: everything lies before
 */
export function* pastVisits(
  visitors: readonly Visitor[],
  days: number,
  now: number,
  chance: Pick<Chance, 'random'>,
): Generator<DemoEvent> {
  const between = ({ least, most }: { least: number; most: number }) =>
    Math.round(least + (most - least) * chance.random());
  if (days === 0) return;
  for (const visitor of visitors.slice(0, MOST_VISITORS)) {
    const first = Math.ceil(chance.random() * days);
    for (let ago = first; ago > 0; ago--) {
      if (ago < first && chance.random() > COMES_BACK / (1 + (first - ago - 1) / FADES_DAYS)) continue;
      visitor.comeAnew();
      let at = now - ago * DAY_MS + between({ least: -HOURS_MS, most: HOURS_MS });
      for (let acts = between(ACTS); acts > 0; acts--) {
        yield visitor.act(at);
        at += between(PAUSE_MS);
      }
    }
    // An event of today belongs to no visit of days ago.
    visitor.comeAnew();
  }
}
