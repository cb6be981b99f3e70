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
  /** Binds it to the secret that it was opened with. */
  readonly proof: Buffer;
  readonly createdAt: number;
  readonly lastSeen: number;
}

/** Reads the keys and sessions that are in force from where they are stored. */
export abstract class LiveAccessReader {
  /** The secrets of all keys that are not revoked. */
  abstract secrets(): Promise<readonly LiveSecret[]>;

  /** The sessions among these that were not ended. */
  abstract sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]>;
}
