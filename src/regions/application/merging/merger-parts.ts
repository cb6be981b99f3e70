import type { RecordEventCommand } from '../../../events/application/record-event.command.js';
import type { Verdict } from '../../../events/domain/verdict.js';
import type { OtherErasures } from '../../../people/application/other-erasures.js';
import type { Config } from '../../../platform/config/config.js';
import type { Logger } from '../../../platform/observability/logger.js';
import type { ConflictStore } from './conflict-store.port.js';
import type { ForeseenFacts } from './foreseen-facts.port.js';
import type { MergeLog } from './merge-log.port.js';
import type { OtherRegion } from './other-region.port.js';

/** The parts that a merge works with. They belong to the service, or to the command that merges beside it. */
export interface MergerParts {
  readonly other: OtherRegion;
  /** The command of every intake. */
  readonly record: (command: RecordEventCommand) => Promise<Verdict[]>;
  readonly log: MergeLog;
  readonly conflicts: ConflictStore;
  readonly foreseen: ForeseenFacts;
  readonly erasures: Pick<OtherErasures, 'fits' | 'take' | 'anySince' | 'isErased' | 'twins'>;
  readonly config: Config;
  readonly logger: Logger;
}
