import { Events1763700000000 } from './1763700000000-events.js';
import { DeadLetterReplays1763800000000 } from './1763800000000-dead-letter-replays.js';
import { ConsumerProgress1763900000000 } from './1763900000000-consumer-progress.js';
import { ProjectionRebuild1764000000000 } from './1764000000000-projection-rebuild.js';
import { ReadIndexes1764100000000 } from './1764100000000-read-indexes.js';

/** Every migration, oldest first: the one list that the service, `npm run migrate` and the tests run. */
export const migrations = [
  Events1763700000000,
  DeadLetterReplays1763800000000,
  ConsumerProgress1763900000000,
  ProjectionRebuild1764000000000,
  ReadIndexes1764100000000,
];
