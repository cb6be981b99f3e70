import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { HeatmapFilter } from '../../application/heatmap-reader.port.js';
import { DEVICE_CLASSES, DEVICE_CLASS_NAMES, UNKNOWN_DEVICE } from '../../domain/device-class.js';

/** Collects the values of a statement: it takes a value, and gives its place in the text (`$7`). */
export type Parameter = (value: unknown) => string;

export interface Question {
  readonly filter: HeatmapFilter;
  /** The window, above the retention floor. */
  readonly window: TimeRange;
}

export const within = ({ start, end }: TimeRange, parameter: Parameter): string =>
  `occurred_at >= ${parameter(timestamp(start))}::timestamptz and occurred_at < ${parameter(timestamp(end))}::timestamptz`;

/**
 * Selects the events of a page by its key alone, because the index holds the key and not the address. Two addresses with one
 * key would be one page, but nobody can make an address that has the key of another one (64 bits of SHA-256).
 */
export function ofPage({ filter: { pageUrl, userId } }: Question, parameter: Parameter): string {
  const conditions = [
    ...(pageUrl === null ? [] : [`page_key = ${parameter(String(pageKeyOf(pageUrl)))}::bigint`]),
    ...(userId === null ? [] : [`user_id = ${parameter(userId)}`]),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}

export function ofDevice({ filter: { device } }: Question, parameter: Parameter): string {
  if (device === null) return 'true';
  const { from, to } = DEVICE_CLASSES[device];
  const below = Number.isFinite(to) ? ` and viewport_width < ${parameter(to)}::int` : '';
  return `viewport_width >= ${parameter(from)}::int${below}`;
}

/** The place of a width's class among the names. The widest is tested first, because most are. */
export const DEVICE_SQL = `case ${DEVICE_CLASS_NAMES.map(
  (name, place) => `when viewport_width >= ${DEVICE_CLASSES[name].from} then ${place}`,
)
  .reverse()
  .join(' ')} else ${UNKNOWN_DEVICE} end`;
