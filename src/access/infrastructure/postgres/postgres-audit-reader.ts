import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import type { AuditView } from '../../application/answers/audit.answer.js';
import { type AuditFilter, type AuditPosition, AuditReader } from '../../application/audit/audit-reader.port.js';
import { AUDIT_PAGE } from './access.sql.js';

@Injectable()
export class PostgresAuditReader extends AuditReader {
  constructor(private readonly database: Database) {
    super();
  }

  async page(
    { actor, action }: AuditFilter,
    before: AuditPosition | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly AuditView[]> {
    const values = [actor, action, before && new Date(before.at), before && before.id, limit];
    const rows = await this.database.read<Omit<AuditView, 'at'> & { at: Date }>({ text: AUDIT_PAGE, values }, signal);
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}
