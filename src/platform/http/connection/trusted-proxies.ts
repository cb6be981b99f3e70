import type { FastifyRequest } from 'fastify';
import { Networks } from './networks.js';

/** Networks whose proxies are believed when they say where a request came from. From everybody else `X-Forwarded-*` is ignored. */
export class TrustedProxies {
  private constructor(private readonly networks: Networks) {}

  /** @param text as `Networks` reads it. @throws Error saying what it should be */
  static parse(text: string): TrustedProxies {
    return new TrustedProxies(Networks.parse(text));
  }

  has(address: string | undefined): boolean {
    return this.networks.has(address);
  }
}

const IN_BRACKETS = /^\[([^\]]*)\](?::\d*)?$/;
const V4_WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d*$/;

/**
 * `X-Forwarded-For` without ports: `192.0.2.7:51234, [2001:db8::1]:443` → `192.0.2.7, 2001:db8::1`. Some proxies write the port of each
 * connection too, and a client that opens another connection is still the same address.
 */
export const withoutPorts = (forwarded: string): string =>
  forwarded
    .split(',')
    .map((one) => one.trim().replace(IN_BRACKETS, '$1').replace(V4_WITH_PORT, '$1'))
    .join(', ');

/** How the client asked: `https` only where a trusted proxy says so, as the service itself speaks http. */
export function schemeOf({ raw }: FastifyRequest, proxies: TrustedProxies | null): 'http' | 'https' {
  if (!proxies?.has(raw.socket.remoteAddress)) return 'http';
  const forwarded = raw.headers['x-forwarded-proto'];
  return typeof forwarded === 'string' && /(^|,)\s*https\s*$/i.test(forwarded) ? 'https' : 'http';
}
