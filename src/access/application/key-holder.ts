import type { Role } from '../domain/role.js';

/** The holder of a key. */
export interface KeyHolder {
  readonly keyId: string;
  readonly role: Role;
  readonly name: string;
}
