import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { Open } from '../../platform/http/access/route-access.js';
import { schemeOf } from '../../platform/http/connection/trusted-proxies.js';
import { forbiddenOrigin, isOfOwnPage } from '../../platform/http/foreign-requests.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { SessionView, SIGNED_OUT } from '../application/answers/session.answer.js';
import { LiveAccess } from '../application/live-access.js';
import { EndSessionCommand } from '../application/sessions/end-session.command.js';
import { type LiveSession, LiveSessions } from '../application/sessions/live-sessions.js';
import { OpenSessionCommand } from '../application/sessions/open-session.command.js';
import { cookieOf, SESSION_COOKIE } from './credential.js';
import { RateLimits } from './rate-limits.js';
import { keysUnknown } from './request-access.js';

const LONGEST_S = 7 * 24 * 3600;
const MAX_KEY = 1000;

class OpenSessionRequest {
  @ApiProperty({ type: 'string', minLength: 1, maxLength: MAX_KEY, example: 'mon_Ab3dE5gH', description: 'The key.' })
  @Length(1, MAX_KEY, { message: `must be a string of 1 to ${MAX_KEY} characters` })
  readonly key!: string;
}

/** Pages sign in once, with a key, and are then known by a cookie that no script can read. */
@ApiTags('access')
@Open()
@Controller('session')
export class SessionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly live: LiveAccess,
    private readonly sessions: LiveSessions,
    private readonly limits: RateLimits,
    private readonly config: Config,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Sign a page in with a key',
    description:
      "Sets the cookie `monitoreo_session`, with the key's role: it ends after 8 hours without use, after 7 days, or with the key. A request with it that changes state needs an `Origin` of this service.",
  })
  @ApiBody({ type: OpenSessionRequest, examples: { key: { value: { key: 'mon_Ab3dE5gH' } } } })
  @ApiAnswer(201, SessionView)
  @ApiProblems(400, 401, 403, 413, 415, 429, 503)
  async open(
    @Body() { key }: OpenSessionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    await this.live.whenKnown();
    const opened = await this.commands.execute(new OpenSessionCommand(key));
    if (!opened) {
      if (this.live.knowledge !== 'fresh') throw keysUnknown();
      const tooMany = await this.limits.failure(request, reply);
      throw tooMany ?? new Problem(401, 'unauthorized', 'There is no such key.');
    }
    this.setCookie(request, reply, opened.cookie, LONGEST_S);
    return shown(opened);
  }

  @Get()
  @ApiOperation({ summary: 'Who the page is signed in as', description: '`role` is null when it is not.' })
  @ApiAnswer(200, SessionView)
  @ApiProblems(503)
  async current(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionView> {
    void reply.header('cache-control', 'no-store');
    const cookie = cookieOf(request.headers.cookie);
    const session = cookie === null ? null : await this.sessions.find(cookie);
    return session ? shown(session) : SIGNED_OUT;
  }

  @Delete()
  @ApiOperation({ summary: 'Sign the page out', description: 'On every replica within 5 s. Safe to repeat.' })
  @ApiAnswer(200, SessionView)
  @ApiProblems(403, 503)
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionView> {
    const cookie = cookieOf(request.headers.cookie);
    if (cookie === null) return SIGNED_OUT;
    if (!isOfOwnPage(request, this.config)) throw forbiddenOrigin(request, this.config);
    await this.commands.execute(new EndSessionCommand(cookie));
    this.setCookie(request, reply, '', 0);
    return SIGNED_OUT;
  }

  private setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    const secure = schemeOf(request, this.config.settings.TRUSTED_PROXIES) === 'https' ? '; Secure' : '';
    const cookie = `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
    void reply.headers({ 'set-cookie': cookie, 'cache-control': 'no-store' });
  }
}

const shown = ({ holder, expiresAt }: LiveSession): SessionView => ({
  role: holder.role,
  key_id: holder.keyId,
  name: holder.name,
  expires_at: new Date(expiresAt).toISOString(),
});
