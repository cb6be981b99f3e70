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

/** How the client asked: `https` only where a trusted proxy says so, as the service itself speaks http. */
export function schemeOf({ raw }: FastifyRequest, proxies: TrustedProxies | null): 'http' | 'https' {
  if (!proxies?.has(raw.socket.remoteAddress)) return 'http';
  const forwarded = raw.headers['x-forwarded-proto'];
  return typeof forwarded === 'string' && /(^|,)\s*https\s*$/i.test(forwarded) ? 'https' : 'http';
}
