import type { Role } from '../domain/role.js';

/** A secret that is in force. */
export interface LiveSecret {
  readonly digest: Buffer;
  readonly keyId: string;
  readonly role: Role;
  readonly name: string;
  /** Epoch milliseconds; null: until it is replaced or its key revoked. */
  readonly expiresAt: number | null;
}

/** A page that is signed in, as it is stored. */
export interface StoredSession {
  readonly digest: Buffer;
  readonly keyId: string;
  /** What binds it to the secret that it was opened with. */
  readonly proof: Buffer;
  readonly createdAt: number;
  readonly lastSeen: number;
}

/** What is in force, as it stands in the database. */
export abstract class LiveAccessReader {
  /** Of all keys that are not revoked. */
  abstract secrets(): Promise<readonly LiveSecret[]>;

  /** Those of these sessions that were not ended. */
  abstract sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]>;
}
