import type { KeyView } from '../answers/key.answer.js';
import type { AuditEntry } from '../audit/audit-log.port.js';
import type { Role } from '../../domain/role.js';

export interface NewSecret {
  readonly digest: Buffer;
  readonly prefix: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface NewKey {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly secret: NewSecret;
}

export type StoredKey = Pick<KeyView, 'id' | 'role' | 'name' | 'created_at'>;

/** Stores keys, and with each change its entry in the audit log: both or neither. */
export abstract class KeyStore {
  /** Newest first. */
  abstract list(): Promise<readonly KeyView[]>;

  abstract add(key: NewKey, entry: AuditEntry): Promise<void>;

  /**
   * Gives a key another secret; earlier secrets end by that time at the latest. @returns null: there is no such key, or it
   * is revoked
   */
  abstract rotate(id: string, secret: NewSecret, oldEndsAt: number, entry: AuditEntry): Promise<StoredKey | null>;

  /** Revokes a key once; a second call changes nothing. @returns null: there is no such key */
  abstract revoke(id: string, entry: AuditEntry): Promise<KeyView | null>;
}
