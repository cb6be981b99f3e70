import type { FastifyRequest } from 'fastify';
import { digestOf, isCookie } from '../domain/secret.js';
import type { Credential } from '../application/live-access.js';

export const SESSION_COOKIE = 'monitoreo_session';
const COOKIE = new RegExp(`(?:^|; *)${SESSION_COOKIE}=([^;]*)`);

/**
 * Reads the credential that a request shows: a secret in `X-API-Token`, `X-API-Key` or `Authorization` (Bearer, or Basic
 * with it as the user), or the cookie of a page that is signed in. A key in the address does not count, because addresses
 * are logged.
 *
 * If two credentials differ, nobody knows which one counts, so they are refused like an unknown one. A header that comes
 * twice arrives joined by a comma. Of `Authorization` Node keeps only the first, so these are counted.
 *
 * @param passesAuthorization `Authorization` is meant for a service behind us
 * @returns null when the request shows no credential
 */
export function credentialOf({ headers, raw }: FastifyRequest, passesAuthorization: boolean): Credential | null {
  const token = headers['x-api-token'] as string | undefined;
  const key = headers['x-api-key'] as string | undefined;
  const authorization = passesAuthorization ? undefined : headers.authorization;
  if (token === undefined && key === undefined && authorization === undefined && headers.cookie === undefined)
    return null;
  const bearer = authorization === undefined ? undefined : bearerOf(authorization, raw.rawHeaders);
  const shown = token ?? key ?? bearer;
  if (shown !== undefined) {
    const agree = [token, key, bearer].every((other) => other === undefined || other === shown);
    return keyOf(agree ? shown : '');
  }
  const cookie = cookieOf(headers.cookie);
  if (cookie !== null) return { kind: 'session', cookie };
  return authorization === undefined ? null : keyOf(userOf(authorization));
}

export const keyOf = (secret: string): Credential => ({ kind: 'key', digest: digestOf(secret) });

/** The session that a request's cookie names; null when none, or one that is no cookie of ours. */
export const cookieOf = (header: string | undefined): string | null => {
  const value = header === undefined ? undefined : COOKIE.exec(header)?.[1];
  return value !== undefined && isCookie(value) ? value : null;
};

function bearerOf(authorization: string, rawHeaders: readonly string[]): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const times = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization').length;
  return times === 1 ? token : '';
}

/** The user of Basic, as Segment's libraries send a key. Anything else gives the empty text, which is nobody's key. */
function userOf(authorization: string): string {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(authorization) ?? [];
  return encoded === undefined ? '' : (Buffer.from(encoded, 'base64').toString().split(':', 1)[0] ?? '');
}
