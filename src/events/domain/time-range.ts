import { type BadField, BrokenRule } from '../../platform/broken-rule.js';
import { RejectedEvent } from './rejection.js';
import { EARLIEST_MS, formatInstant, LATEST_MS, parseInstant } from './timestamps.js';

/** A smaller number is in seconds, as clients were promised. As milliseconds it would be March 1973. */
const LEAST_MILLISECONDS = 1e11;
/** A number as programs write one: `time.time()` of Python has a fraction. */
const A_NUMBER = /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i;

/** `from` or `to` is no time, or they contradict each other. */
export class InvalidTimeRange extends BrokenRule {
  override readonly name = 'InvalidTimeRange';
  constructor(errors: readonly BadField[]) {
    super(400, 'invalid_time_range', errors.map(({ field, message }) => `${field} ${message}`).join('; '), errors);
  }
}

/**
 * A span of time. Outside it is `(from, to]`; events are stored to the millisecond, so inside the same span is the
 * half-open `[start, end)` with `start = from + 1` and `end = to + 1`, which is what buckets and partitions are too.
 * Epoch milliseconds; an open side is infinite.
 */
export class TimeRange {
  private constructor(
    /** First millisecond inside. */
    readonly start: number,
    /** First millisecond after. */
    readonly end: number,
  ) {}

  static readonly ALL = new TimeRange(-Infinity, Infinity);

  /** `[start, end)` */
  static halfOpen(start: number, end: number): TimeRange {
    return new TimeRange(start, end);
  }

  /** `(to − length, to]` */
  static upTo(to: number, lengthMs: number): TimeRange {
    return new TimeRange(to - lengthMs + 1, to + 1);
  }

  /**
   * `(from, to]` as a client writes it: each RFC 3339 with offset or epoch milliseconds in digits; null leaves the side open.
   *
   * @throws {InvalidTimeRange}
   */
  static parse(from: string | null, to: string | null): TimeRange {
    const errors: BadField[] = [];
    const after = from === null ? -Infinity : parseSide(from, 'from', errors);
    const until = to === null ? Infinity : parseSide(to, 'to', errors);
    if (errors.length === 0 && after > until) errors.push({ field: 'from', message: 'must not be later than to' });
    if (errors.length > 0) throw new InvalidTimeRange(errors);
    return new TimeRange(after + 1, until + 1);
  }

  /** One moment as a client writes it, epoch milliseconds. @throws {InvalidTimeRange} that names the field */
  static parseMoment(text: string, field: string): number {
    const errors: BadField[] = [];
    const moment = parseSide(text, field, errors);
    if (errors.length > 0) throw new InvalidTimeRange(errors);
    return moment;
  }

  get isEmpty(): boolean {
    return this.start >= this.end;
  }

  /** As `(from, to]`, RFC 3339; both sides must be closed. */
  toWindow(): { from: string; to: string } {
    return { from: formatInstant(this.start - 1), to: formatInstant(this.end - 1) };
  }
}

function parseSide(text: string, field: string, errors: BadField[]): number {
  // Otherwise a client that sends seconds would get the events of January 1970: none, without a word.
  if (A_NUMBER.test(text.trim()) && Number(text) < LEAST_MILLISECONDS) {
    errors.push({ field, message: 'must be epoch milliseconds, which such a number is not: send seconds times 1000' });
    return NaN;
  }
  try {
    const instant = parseInstant(/^-?\d+$/.test(text) ? Number(text) : withOffsetSign(text), field);
    if (instant >= EARLIEST_MS && instant <= LATEST_MS) return instant;
    errors.push({ field, message: 'must lie in the years 1 to 9999' });
  } catch (error) {
    if (!(error instanceof RejectedEvent)) throw error;
    errors.push({
      field,
      message: 'must be RFC 3339 with an offset, such as 2026-03-01T10:00:00.000Z, or epoch milliseconds',
    });
  }
  return NaN;
}

/** A `+` that a client forgot to encode arrives as a space: `…T10:00:00+01:00` is then unambiguous all the same. */
const withOffsetSign = (text: string) => text.replace(/ (?=\d{2}:\d{2}$)/, '+');
