/** The roles that a key can have. */
export const ROLES = ['ingest-public', 'ingest', 'read', 'merge', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Each role and those it includes; `admin` includes all. */
const INCLUDED: Readonly<Record<Role, readonly Role[]>> = {
  'ingest-public': ['ingest-public'],
  ingest: ['ingest', 'ingest-public'],
  read: ['read'],
  merge: ['merge'],
  admin: ROLES,
};

/** Whether a key of a role will do where another role is asked for. */
export const includes = (role: Role, asked: string): boolean => (INCLUDED[role] as readonly string[]).includes(asked);
