import type { Config } from '../../platform/config/config.js';
import { EVENTS_VARIABLES } from '../events.variables.js';

/** How long an HTTP request waits for its events to be recorded, milliseconds: past it, what no transaction has taken is withdrawn. */
export const senderPatienceMs = (config: Config): number => config.of(EVENTS_VARIABLES).RECORD_TIMEOUT_MS;
