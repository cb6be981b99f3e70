import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { AccessControl } from '../../platform/http/access/access-control.port.js';
import { tellCaller } from '../../platform/http/access/caller.js';
import type { AskedKey } from '../../platform/http/access/asked-key.js';
import { forbiddenOrigin, isOfOwnPage, SAFE_METHODS } from '../../platform/http/foreign-requests.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { propertiesOf } from '../../platform/http/route-properties.js';
import { Logger } from '../../platform/observability/logger.js';
import { ACCESS_VARIABLES } from '../access.variables.js';
import type { KeyHolder } from '../application/key-holder.js';
import { ConfiguredKey } from '../application/keys/configured-key.js';
import { LiveKeys } from '../application/keys/live-keys.js';
import { type Credential, LiveAccess } from '../application/live-access.js';
import { LiveSessions } from '../application/sessions/live-sessions.js';
import { includes, ROLES } from '../domain/role.js';
import { credentialOf, keyOf } from './credential.js';
import { OpenAnswers } from './open-answers.js';
import { RateLimits } from './rate-limits.js';

type Refusal = Problem | null;

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly role: string;
  /** Anybody may go on. A key is looked at only for its advantages: no rate limit, and larger bodies. */
  readonly open: boolean;
  readonly credential: Credential | null;
}

/** Roles as the table of keys and the configuration have them. */
@Injectable()
export class RequestAccess extends AccessControl {
  override readonly roles = ROLES;
  private readonly openBy: Readonly<Record<'READS' | 'PUBLIC_WRITES', boolean>>;
  /** The requests that may still show a key, in their bodies. */
  private readonly undecided = new WeakMap<FastifyRequest, Asked>();

  constructor(
    private readonly config: Config,
    private readonly live: LiveAccess,
    private readonly keys: LiveKeys,
    private readonly sessions: LiveSessions,
    private readonly configured: ConfiguredKey,
    private readonly answers: OpenAnswers,
    private readonly limits: RateLimits,
    logger: Logger,
  ) {
    super();
    const { READS, PUBLIC_WRITES } = config.of(ACCESS_VARIABLES);
    if (config.isPublic && READS === 'open')
      logger.warn({ variable: 'READS' }, 'HOST is public and reads are open: anybody may read; READS=key closes them');
    this.openBy = { READS: READS === 'open', PUBLIC_WRITES: PUBLIC_WRITES === 'open' };
  }

  override get keysExist(): boolean {
    return this.live.keysExist;
  }

  override attach(server: FastifyInstance): void {
    this.limits.attach(server);
  }

  override admit(request: FastifyRequest, reply: FastifyReply): Refusal | Promise<Refusal> {
    const { access, passesAuthorization = false } = propertiesOf(request);
    if (access === 'open') return null;
    if (access === undefined) return forbidden('nobody');
    const open = this.isOpen(access);
    if (open && access.openBy === 'READS') return null;
    const credential = credentialOf(request, passesAuthorization);
    return this.look({ request, reply, role: access.role, open, credential });
  }

  override admitByBody(request: FastifyRequest, keyIn: (body: unknown) => string | null): Refusal | Promise<Refusal> {
    const asked = this.undecided.get(request);
    if (asked === undefined) return null;
    const key = keyIn(request.body);
    if (key === null) return unauthorized(asked.role);
    return this.look({ ...asked, credential: keyOf(key) });
  }

  private look(asked: Asked): Refusal | Promise<Refusal> {
    const { credential, open } = asked;
    if (credential !== null && this.live.isConfigured(credential)) return this.grant(asked, this.configured.holder);
    const known = credential === null && (open || this.configured.digest !== null);
    if (this.live.knowledge === 'fresh' || known) return this.decide(asked);
    return this.live.whenKnown().then(() => this.decide(asked));
  }

  private isOpen({ openBy }: AskedKey): boolean {
    return openBy !== undefined && this.openBy[openBy];
  }

  private decide(asked: Asked): Refusal | Promise<Refusal> {
    const { credential, open } = asked;
    const { knowledge } = this.live;
    if (open && (credential === null || knowledge !== 'fresh')) return this.stranger(asked);
    // If nobody knows whether a key exists, the service does not count as open.
    if (knowledge === 'none' && !(credential === null && this.live.keysExist)) return keysUnknown();
    if (!this.live.keysExist) return null;
    if (credential === null) return this.nothingShown(asked);
    if (knowledge !== 'fresh') return keysUnknown();
    if (credential.kind === 'key') return this.judge(asked, this.keys.find(credential.digest));
    const session = this.sessions.known(credential.cookie);
    if (session) return this.judge(asked, session.holder);
    return this.sessions.find(credential.cookie).then((found) => this.judge(asked, found?.holder ?? null));
  }

  private nothingShown(asked: Asked): Refusal {
    if (!propertiesOf(asked.request).keyInBody) return unauthorized(asked.role);
    this.undecided.set(asked.request, asked);
    return null;
  }

  private judge(asked: Asked, holder: KeyHolder | null): Refusal | Promise<Refusal> {
    const { request, reply, role, open, credential } = asked;
    if (holder !== null && includes(holder.role, role)) return this.grant(asked, holder);
    if (open) return this.stranger(asked);
    if (holder !== null) return forbidden(role);
    // A cookie that ended is no guess: nobody guesses 256 bits.
    if (credential?.kind === 'session') return unauthorized(role);
    return this.limits.failure(request, reply).then((tooMany) => tooMany ?? unauthorized(role));
  }

  private grant(asked: Asked, holder: KeyHolder): Refusal | Promise<Refusal> {
    const { request, reply } = asked;
    const credential = asked.credential!;
    if (credential.kind === 'session') {
      if (!SAFE_METHODS.has(request.method) && !isOfOwnPage(request, this.config))
        return forbiddenOrigin(request, this.config);
      this.sessions.use(credential.cookie);
    }
    this.keys.use(holder.keyId);
    tellCaller(request, holder);
    this.answers.add(credential, reply);
    return holder.role === 'ingest-public' ? this.limits.post(request, reply) : null;
  }

  /** Judges a request of a page without a key. While no key exists, nobody counts. */
  private stranger({ request, reply }: Asked): Refusal | Promise<Refusal> {
    return this.live.keysExist ? this.limits.post(request, reply) : null;
  }
}

const unauthorized = (role: string) =>
  new Problem(401, 'unauthorized', `Send a key of the role ${role} in the header X-API-Token, or sign in.`, {
    headers: { 'www-authenticate': 'Bearer' },
  });

const forbidden = (role: string) => new Problem(403, 'forbidden', `This needs a key of the role ${role}.`);

/** A route does not count as open because nobody can be asked. */
export const keysUnknown = () =>
  new Problem(503, 'database_unavailable', 'Nobody can be let in while the keys cannot be read: try again shortly.', {
    headers: { 'retry-after': '2' },
  });
