import { type AuditEntry, AuditLog } from '../../application/audit/audit-log.port.js';
import { APPEND_ENTRY } from './access.sql.js';
import { auditParameters } from './audit-parameters.js';
import type { Queryable } from './queryable.js';

export class PostgresAuditLog extends AuditLog {
  constructor(private readonly connection: () => Queryable) {
    super();
  }

  async append(entry: AuditEntry): Promise<void> {
    await this.connection().query(APPEND_ENTRY, auditParameters(entry));
  }
}
