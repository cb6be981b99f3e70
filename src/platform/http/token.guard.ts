import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Problem } from './problems/problem.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets through who sends API_TOKEN as `X-API-Token` or `Authorization: Bearer`; everybody when no token is configured
 * (the configuration refuses that on a public HOST). Digests are compared, so that time tells nothing.
 */
@Injectable()
export class TokenGuard implements CanActivate {
  private readonly expected: Buffer | null;

  constructor({ settings }: Config) {
    this.expected = settings.API_TOKEN === null ? null : digest(settings.API_TOKEN);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.expected === null) return true;
    const given = tokenOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (given !== null && timingSafeEqual(digest(given), this.expected)) return true;
    throw new Problem(401, 'unauthorized', 'Send the API token in the header X-API-Token.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** A header given twice arrives joined by a comma and so never matches. */
function tokenOf({ headers }: FastifyRequest): string | null {
  const token = headers['x-api-token'];
  if (typeof token === 'string') return token;
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
