import { parseInstant, parseSentTime } from '../../events/domain/timestamps.js';
import { TimeZone } from '../../metrics/domain/time-zone.js';

const DAY_MS = 86_400_000;
/** Clocks are looked up for so much at once, and a day around it: rows of one time lie together. */
const SPAN_MS = 30 * DAY_MS;
/** The notation in which SQLite and SQLAlchemy write a time, `2025-11-22 08:26:40.123456`, and RFC 3339, with an offset or without one. */
const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2}(?:\.\d+)?))? ?(?:(Z)|([+-]\d{2}):?(\d{2}))?$/i;

/** No time that anybody could read. */
export class UnreadableTime extends Error {
  override readonly name = 'UnreadableTime';
}

/** When a row was made, epoch milliseconds. */
export interface CreatedAt {
  readonly instant: number;
  /** The same where a time without an offset is one of UTC: the row's identity must not change with `--tz`. */
  readonly inUtc: number;
}

/** Reads `created_at`; a time without an offset is what clocks of the zone showed (of an hour that came twice the first one). */
export class CreatedAtReader {
  private readonly clocks = new Map<number, TimeZone>();

  /** @param zone a name of the IANA database */
  constructor(private readonly zone: string) {}

  /** @param value text, or a number: epoch seconds below 10¹¹, else milliseconds. @throws UnreadableTime */
  read(value: unknown): CreatedAt {
    if (typeof value === 'number' && Number.isFinite(value)) return same(parseSentTime(value, 'created_at'));
    const [, date, minute, second = '00', z, hours, minutes] = TIME.exec(typeof value === 'string' ? value : '') ?? [];
    if (date === undefined) throw new UnreadableTime();
    const offset = hours === undefined ? 'Z' : `${hours}:${minutes}`;
    const inUtc = instantOf(`${date}T${minute}:${second}${offset}`);
    if (z !== undefined || hours !== undefined || this.zone === 'UTC') return same(inUtc);
    return { instant: this.clocksAround(inUtc).firstInstantOf(inUtc), inUtc };
  }

  private clocksAround(local: number): TimeZone {
    const span = Math.floor(local / SPAN_MS);
    const known = this.clocks.get(span);
    if (known) return known;
    const clocks = TimeZone.between(this.zone, span * SPAN_MS - 2 * DAY_MS, (span + 1) * SPAN_MS + 2 * DAY_MS);
    this.clocks.set(span, clocks);
    return clocks;
  }
}

const same = (instant: number): CreatedAt => ({ instant, inUtc: instant });

/** @throws UnreadableTime */
function instantOf(text: string): number {
  try {
    return parseInstant(text, 'created_at');
  } catch (error) {
    throw new UnreadableTime('', { cause: error });
  }
}
