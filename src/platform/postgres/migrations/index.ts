import { Events1763700000000 } from './1763700000000-events.js';

/** Every migration, oldest first: the one list that the service, `npm run migrate` and the tests run. */
export const migrations = [Events1763700000000];
