/** Something that somebody changed. */
export interface AuditEntry {
  /** UUID, version 7. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The id of the key that it was done with; `nobody` where none exists, `command` for a command of an operator. */
  readonly actor: string;
  /** `what.done`: `key.created`. */
  readonly action: string;
  /** The thing that it was done to. A person stands here only as a keyed hash. */
  readonly subject: string | null;
  /** It never holds a secret, a payload or a person. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The record of who changed what. Entries are added and never changed. */
export abstract class AuditLog {
  abstract append(entry: AuditEntry): Promise<void>;
}
