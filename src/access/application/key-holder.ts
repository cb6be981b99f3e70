import type { Role } from '../domain/role.js';

/** Who has a key. */
export interface KeyHolder {
  readonly keyId: string;
  readonly role: Role;
  readonly name: string;
}
