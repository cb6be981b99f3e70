import { Events1763700000000 } from './1763700000000-events.js';

/** The one list of migrations, in order. */
export const migrations = [Events1763700000000];
