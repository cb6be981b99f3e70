import type { Provider } from '@nestjs/common';
import { ConfiguredKey } from '../../src/access/application/keys/configured-key.js';
import { LiveKeys } from '../../src/access/application/keys/live-keys.js';
import { LiveAccess } from '../../src/access/application/live-access.js';
import { LiveAccessReader } from '../../src/access/application/live-access-reader.port.js';
import { LiveSessions } from '../../src/access/application/sessions/live-sessions.js';
import { OpenAnswers } from '../../src/access/rest/open-answers.js';
import { RateLimits } from '../../src/access/rest/rate-limits.js';
import { RequestAccess } from '../../src/access/rest/request-access.js';
import { AccessControl } from '../../src/platform/http/access/access-control.port.js';
import { Logger } from '../../src/platform/observability/logger.js';
import { quietLogger } from '../support/application.js';
import { MemoryLiveAccess } from './memory-live-access.js';

/** Access as the service has it, without a database. Needs a Clock, and a Config with the variables of the slice. */
export const ACCESS_IN_MEMORY: Provider[] = [
  { provide: AccessControl, useClass: RequestAccess },
  { provide: LiveAccessReader, useClass: MemoryLiveAccess },
  { provide: Logger, useValue: quietLogger },
  LiveAccess,
  LiveKeys,
  LiveSessions,
  ConfiguredKey,
  OpenAnswers,
  RateLimits,
];
