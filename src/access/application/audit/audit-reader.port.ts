import type { AuditView } from '../answers/audit.answer.js';

/** The place of an entry in the log. */
export interface AuditPosition {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

export interface AuditFilter {
  readonly actor: string | null;
  readonly action: string | null;
}

export abstract class AuditReader {
  /** Newest first, those before a position. */
  abstract page(
    filter: AuditFilter,
    before: AuditPosition | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly AuditView[]>;
}
