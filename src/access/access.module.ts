import { Global, Module } from '@nestjs/common';
import { AccessControl } from '../platform/http/access/access-control.port.js';
import { Database } from '../platform/postgres/database.js';
import { AccessUsage } from './application/access-usage.port.js';
import { Audit } from './application/audit/audit.js';
import { AuditLog } from './application/audit/audit-log.port.js';
import { AuditReader } from './application/audit/audit-reader.port.js';
import { GetAuditHandler } from './application/audit/get-audit.query.js';
import { ChangedKeys } from './application/keys/changed-keys.port.js';
import { ConfiguredKey } from './application/keys/configured-key.js';
import { CreateKeyHandler } from './application/keys/create-key.command.js';
import { GetKeysHandler } from './application/keys/get-keys.query.js';
import { KeyStore } from './application/keys/key-store.port.js';
import { LiveKeys } from './application/keys/live-keys.js';
import { RevokeKeyHandler } from './application/keys/revoke-key.command.js';
import { RotateKeyHandler } from './application/keys/rotate-key.command.js';
import { LiveAccess } from './application/live-access.js';
import { LiveAccessReader } from './application/live-access-reader.port.js';
import { EndSessionHandler } from './application/sessions/end-session.command.js';
import { LiveSessions } from './application/sessions/live-sessions.js';
import { OpenSessionHandler } from './application/sessions/open-session.command.js';
import { SessionStore } from './application/sessions/session-store.port.js';
import { AccessKeeping } from './infrastructure/postgres/access-keeping.js';
import { PostgresAuditLog } from './infrastructure/postgres/postgres-audit-log.js';
import { PostgresAuditReader } from './infrastructure/postgres/postgres-audit-reader.js';
import { PostgresKeyStore } from './infrastructure/postgres/postgres-key-store.js';
import { PostgresLiveAccess } from './infrastructure/postgres/postgres-live-access.js';
import { PostgresAccessUsage, PostgresSessionStore } from './infrastructure/postgres/postgres-sessions.js';
import { AuditController } from './rest/audit.controller.js';
import { KeysController } from './rest/keys.controller.js';
import { OpenAnswers } from './rest/open-answers.js';
import { RateLimits } from './rest/rate-limits.js';
import { RequestAccess } from './rest/request-access.js';
import { SessionController } from './rest/session.controller.js';

/**
 * Decides who may do what, by keys, sessions and limits, and keeps the audit log.
 *
 * Global, because it implements a port of the platform, and because whatever changes state notes it in the audit log.
 */
@Global()
@Module({
  controllers: [KeysController, SessionController, AuditController],
  providers: [
    // let in
    { provide: AccessControl, useClass: RequestAccess },
    OpenAnswers,
    RateLimits,
    LiveAccess,
    LiveKeys,
    LiveSessions,
    ConfiguredKey,
    { provide: LiveAccessReader, useClass: PostgresLiveAccess },
    // keys
    GetKeysHandler,
    CreateKeyHandler,
    RotateKeyHandler,
    RevokeKeyHandler,
    {
      provide: KeyStore,
      inject: [Database],
      useFactory: (database: Database) => new PostgresKeyStore(() => database.writers()),
    },
    { provide: ChangedKeys, useExisting: LiveAccess },
    // sessions
    OpenSessionHandler,
    EndSessionHandler,
    { provide: SessionStore, useClass: PostgresSessionStore },
    // audit log
    Audit,
    GetAuditHandler,
    {
      provide: AuditLog,
      inject: [Database],
      useFactory: (database: Database) => new PostgresAuditLog(() => database.writers()),
    },
    { provide: AuditReader, useClass: PostgresAuditReader },
    // keep
    AccessKeeping,
    { provide: AccessUsage, useClass: PostgresAccessUsage },
  ],
  exports: [AccessControl, Audit, LiveAccess],
})
export class AccessModule {}
