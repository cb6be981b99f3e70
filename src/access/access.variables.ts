import { choice, integer, type Variables } from '../platform/config/variable.js';

/** The variables that say what callers may do without a key, and how often. */
export const ACCESS_VARIABLES = {
  READS: choice(['open', 'key'], {
    default: 'open',
    about: 'key: metrics, events and other reads of the product need a key that may read',
  }),
  PUBLIC_WRITES: choice(['open', 'key'], {
    default: 'open',
    about: 'key: what pages send of clicks and votes needs a key',
  }),
  RATE_LIMIT_PUBLIC: integer({
    default: 6000,
    min: 1,
    max: 10_000_000,
    about: 'posts a minute and address without a key, or with one of the role ingest-public, while any key exists',
  }),
  AUDIT_RETENTION_DAYS: integer({
    default: 365,
    min: 1,
    max: 36_500,
    about: 'days that the audit log is kept',
  }),
} as const satisfies Variables;
