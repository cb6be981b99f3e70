import rateLimit from '@fastify/rate-limit';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { closedByClient, isGone } from '../../platform/http/client-gone.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { ACCESS_VARIABLES } from '../access.variables.js';

const MINUTE_MS = 60_000;
const MOST_FAILURES = 20;
/**
 * So many addresses are counted at once, and the least recently seen are forgotten first. IPv6 counts by its /64, which one
 * customer has.
 */
const ADDRESSES = 20_000;

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/** How often an address may do what needs no key, or a wrong one. Each process counts for itself. */
@Injectable()
export class RateLimits {
  private failures: Limiter | null = null;
  private posts: Limiter | null = null;

  constructor(private readonly config: Config) {}

  attach(server: FastifyInstance): void {
    void server.register(rateLimit, { global: false, cache: ADDRESSES, ipv6Subnet: 64 });
    server.after(() => {
      const most = this.config.of(ACCESS_VARIABLES).RATE_LIMIT_PUBLIC;
      this.failures = server.createRateLimit({ max: MOST_FAILURES, timeWindow: MINUTE_MS });
      this.posts = server.createRateLimit({ max: most, timeWindow: MINUTE_MS });
    });
  }

  /** Counts a key that nobody knows. @returns the 429 of an address that tries too many */
  failure(request: FastifyRequest, reply: FastifyReply): Promise<Problem | null> {
    return this.count(this.failures, request, reply, 'Too many wrong keys came from this address');
  }

  /** Counts a post that anybody may send. @returns the 429 of an address that sends too many */
  post(request: FastifyRequest, reply: FastifyReply): Promise<Problem | null> {
    return this.count(this.posts, request, reply, 'Too many posts without a key of their own came from this address');
  }

  private async count(
    limiter: Limiter | null,
    request: FastifyRequest,
    reply: FastifyReply,
    what: string,
  ): Promise<Problem | null> {
    if (isGone(request)) return closedByClient();
    const used = await limiter?.(request);
    if (!used || used.isAllowed) return null;
    const headers = {
      'ratelimit-limit': String(used.max),
      'ratelimit-remaining': String(used.remaining),
      'ratelimit-reset': String(used.ttlInSeconds),
    };
    void reply.headers(headers);
    if (!used.isExceeded) return null;
    return new Problem(429, 'too_many_requests', `${what}: wait ${used.ttlInSeconds} s.`, {
      headers: { ...headers, 'retry-after': String(used.ttlInSeconds) },
    });
  }
}
