import type { IncomingMessage } from 'node:http';
import type { RouteTable } from '../route-table.js';

const SLASH = 0x2f;
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;
const asked = new WeakMap<IncomingMessage, string>();

/**
 * The target of a request as the router takes it: in origin-form (RFC 9112 §3.2), and without the one slash at the end
 * that people and link checkers add. `//metrics` and `/metrics//` stay what they are, so they are 404.
 */
export function routedTarget(request: IncomingMessage, routes: RouteTable): string {
  const target = request.url ?? '/';
  if (target.charCodeAt(0) === SLASH) return withoutLastSlash(target, routes);
  const [start, authority] = ABSOLUTE.exec(target) ?? [];
  if (start === undefined || authority === undefined) return target;
  asked.set(request, authority);
  const rest = target.slice(start.length);
  return withoutLastSlash(rest.startsWith('/') ? rest : `/${rest}`, routes);
}

/** The authority that a target in absolute-form named; it stands for the `Host` header then. */
export const authorityAsked = (request: IncomingMessage): string | undefined => asked.get(request);

function withoutLastSlash(target: string, routes: RouteTable): string {
  const mark = target.indexOf('?');
  const end = mark === -1 ? target.length : mark;
  const slashAtEnd = end > 1 && target.charCodeAt(end - 1) === SLASH && target.charCodeAt(end - 2) !== SLASH;
  // Swagger UI has a page of its own at /docs/.
  if (!slashAtEnd || routes.hasLiteral(target.slice(0, end))) return target;
  return target.slice(0, end - 1) + target.slice(end);
}

/** RFC 9112 §3.2: exactly one, unless the request is of HTTP/1.0. */
export function hostIsClear({ rawHeaders, headers, httpVersionMinor }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersionMinor === 0;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1;
}
