import type { OpenAPIObject } from '@nestjs/swagger';
import type { AskedKey } from '../access/asked-key.js';
import { ACCESS_EXTENSION } from '../access/route-access.js';

interface Operation {
  description?: string;
  [ACCESS_EXTENSION]?: AskedKey | { open: true };
}

/** Each operation of a document says whom it is for, in words. */
export function writeAccess(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as Operation[]) {
      const access = operation?.[ACCESS_EXTENSION];
      if (access) operation.description = [operation.description, sentence(access)].filter(Boolean).join('\n\n');
    }
  }
  return document;
}

function sentence(access: AskedKey | { open: true }): string {
  if (!('role' in access)) return 'Access: open.';
  const { role, openBy } = access;
  const unless = openBy === undefined ? 'wherever a key exists' : `with \`${openBy}=key\`; open otherwise`;
  return `Access: a key of role \`${role}\`, ${unless}.`;
}
