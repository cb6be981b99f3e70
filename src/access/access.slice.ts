import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { ACCESS_VARIABLES } from './access.variables.js';

/** Keys, roles, sessions and the audit log: who may do what. */
export const access = {
  name: 'access',
  module: async () => (await import('./access.module.js')).AccessModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: ACCESS_VARIABLES,
} as const satisfies Slice;
