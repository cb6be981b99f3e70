import type { AuditEntry } from '../../application/audit/audit-log.port.js';

/** The first six of every statement that adds an entry. */
export const auditParameters = ({ id, at, actor, action, subject, details }: AuditEntry): unknown[] => [
  id,
  new Date(at),
  actor,
  action,
  subject,
  JSON.stringify(details),
];
