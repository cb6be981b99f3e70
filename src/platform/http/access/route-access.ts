import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { RouteIs } from '../route-properties.js';
import type { RouteAccess } from './asked-key.js';

/** Member of an operation in the API document; `writeAccess` makes a sentence of it. */
export const ACCESS_EXTENSION = 'x-access';

const asks = (access: RouteAccess) =>
  applyDecorators(
    RouteIs({ access }),
    ...(access === 'open' ? [] : [ApiSecurity('token'), ApiSecurity('session')]),
    // The document's word for "or without any".
    ...(access !== 'open' && access.openBy !== undefined ? [ApiSecurity({})] : []),
    ApiExtension(ACCESS_EXTENSION, access === 'open' ? { open: true } : { ...access }),
  );

/** Everybody may always call it. */
export const Open = () => asks('open');

/** The route, or every route of the controller, is for callers with a key of this role; for everybody while no key exists. */
export const NeedsKey = (role: string) => asks({ role });

/** Shows what the service knows: to everybody, or with READS=key to callers with a key that may read. */
export const OpenRead = () => asks({ role: 'read', openBy: 'READS' });

/** Takes what pages send: from everybody, or with PUBLIC_WRITES=key from callers with a key. */
export const OpenWrite = () => asks({ role: 'ingest-public', openBy: 'PUBLIC_WRITES' });
