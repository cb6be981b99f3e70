import { Body, Controller, Get, HttpCode, Post, Redirect, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Open, OpenRead, OpenWrite } from '../../platform/http/access/route-access.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { databaseProblem } from '../../platform/http/problems/database-problem.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { GetOlderLiveDataQuery } from '../application/get-older-live-data.query.js';
import { VoteIntake } from './vote-intake.js';

/** `fuck` is what the older clicker calls hate. */
const OLDER_REACTIONS = { cheers: 'cheers', hate: 'hate', fuck: 'hate' } as const;

interface OlderAnswer {
  readonly status: 'success' | 'error';
  readonly message: string;
}

/** Serves the paths and shapes of the older clicker and dashboard. */
@ApiExcludeController()
@Controller('visualization-tools-ii')
export class OlderLiveController {
  constructor(
    private readonly queries: QueryBus,
    private readonly votes: VoteIntake,
  ) {}

  @Get('kafka-clicker')
  @Open()
  @Redirect('/clicker')
  clicker(): void {}

  @Get('kafka-dashboard')
  @Open()
  @Redirect('/dashboard/live')
  dashboard(): void {}

  @Post('kafka/click')
  @OpenWrite()
  @HttpCode(200)
  @RouteIs({ clicksOnly: true, plainText: true, foreignOrigins: 'always' })
  async click(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<OlderAnswer> {
    try {
      await this.votes.take(body, OLDER_REACTIONS);
      return { status: 'success', message: `Click ${(body as { type: string }).type} sent!` };
    } catch (error) {
      return refused(error, reply);
    }
  }

  @Get('kafka/data')
  @OpenRead()
  async data(@Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer | OlderAnswer> {
    void reply.header('cache-control', 'no-store');
    try {
      const answer = await this.queries.execute(new GetOlderLiveDataQuery());
      void reply.type('application/json; charset=utf-8');
      return answer;
    } catch (error) {
      return refused(error, reply);
    }
  }
}

function refused(error: unknown, reply: FastifyReply): OlderAnswer {
  const problem = error instanceof Problem ? error : databaseProblem(error);
  if (problem === null) throw error;
  void reply.status(problem.status).headers({ ...problem.more.headers });
  return { status: 'error', message: problem.detail };
}
