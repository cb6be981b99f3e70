import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { AuditPage } from '../answers/audit.answer.js';
import { decodeAuditCursor, encodeAuditCursor } from './audit-cursor.js';
import { type AuditFilter, AuditReader } from './audit-reader.port.js';

/** One page of the audit log, newest first. */
export class GetAuditQuery extends Query<AuditPage> {
  constructor(
    readonly filter: AuditFilter,
    readonly limit: number,
    readonly cursor: string | null,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetAuditQuery)
export class GetAuditHandler implements IQueryHandler<GetAuditQuery> {
  constructor(private readonly reader: AuditReader) {}

  /** @throws {InvalidCursor} */
  async execute({ filter, limit, cursor, signal }: GetAuditQuery): Promise<AuditPage> {
    const before = cursor === null ? null : decodeAuditCursor(cursor);
    const found = await this.reader.page(filter, before, limit + 1, signal);
    const entries = found.slice(0, limit);
    const last = found.length > limit ? entries.at(-1) : undefined;
    return { entries, next_cursor: last ? encodeAuditCursor({ at: Date.parse(last.at), id: last.id }) : null };
  }
}
