import { language } from '../language/language.js';
import { parameter } from './address.js';

export const PERIODS = ['1h', '24h', '7d'] as const;

export type Period = (typeof PERIODS)[number];

/** The range of the address; null: it names none, or what is no time. */
export function addressRange(): { readonly from: string; readonly to: string } | null {
  const [from, to] = [parameter('from'), parameter('to')];
  const isRange = from !== null && to !== null && [from, to].every((time) => !Number.isNaN(Date.parse(time)));
  return isRange ? { from, to } : null;
}

/** The window of the address, as the API takes it. */
export const windowParameters = (unset?: Period): Record<string, string | null> =>
  addressRange() ?? { period: period(unset) };

/** Null: a range. @param unset what holds where the address names none */
export function period(unset: Period = '24h'): Period | null {
  if (addressRange() !== null) return null;
  const asked = parameter('period');
  return PERIODS.find((one) => one === asked) ?? unset;
}

export const COMPARES = ['previous', 'day', 'week', 'year'] as const;

/** The window to compare with; null: none. */
export function comparing(): (typeof COMPARES)[number] | null {
  const asked = parameter('compare');
  return asked === 'none' ? null : (COMPARES.find((one) => one === asked) ?? 'previous');
}

/** The locale is named, because a browser whose own locale is wrong throws without one. */
export const ownZone = (): string => new Intl.DateTimeFormat(language).resolvedOptions().timeZone;

/** The zone of the address; a text that is no zone counts as absent. */
export function zone(): string {
  const asked = parameter('tz');
  return asked !== null && isZone(asked) ? asked : ownZone();
}

const zones = new Map<string, boolean>();

function isZone(timeZone: string): boolean {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  let is = true;
  try {
    new Intl.DateTimeFormat(language, { timeZone });
  } catch {
    is = false;
  }
  zones.set(timeZone, is);
  return is;
}

export type Preset = 'today' | 'yesterday' | 'thisMonth' | 'lastMonth';

/** Days and months of a zone's clocks, as `(from, to]`. */
export function presetRange(preset: Preset, now: number, tz: string): { from: string; to: string } {
  const { year, month, day } = partsOf(now, tz);
  const starts: Record<Preset, readonly [number, number]> = {
    today: [startOf(year, month, day, tz), startOf(year, month, day + 1, tz)],
    yesterday: [startOf(year, month, day - 1, tz), startOf(year, month, day, tz)],
    thisMonth: [startOf(year, month, 1, tz), startOf(year, month + 1, 1, tz)],
    lastMonth: [startOf(year, month - 1, 1, tz), startOf(year, month, 1, tz)],
  };
  const [from, to] = starts[preset];
  return { from: new Date(from - 1).toISOString(), to: new Date(to - 1).toISOString() };
}

function partsOf(at: number, timeZone: string): { year: number; month: number; day: number } {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  const part = (type: string) => Number(format.formatToParts(at).find((one) => one.type === type)?.value);
  return { year: part('year'), month: part('month'), day: part('day') };
}

/** Midnight by the zone's clocks. The offset is first that of the guess, and then that of the time it leads to. */
function startOf(year: number, month: number, day: number, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day);
  let at = wall;
  for (let times = 0; times < 2; times++) at = wall - offsetAt(at, timeZone);
  return at;
}

function offsetAt(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = (type: string) => Number(format.formatToParts(at).find((one) => one.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(at / 1000) * 1000;
}
