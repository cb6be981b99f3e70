import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { actorOf, Audit } from '../../access/application/audit/audit.js';
import { TimeRange } from '../../events/domain/time-range.js';
import { callerOf } from '../../platform/http/access/caller.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { BegunMerge, Regions } from '../application/answers/regions.answer.js';
import { GetRegionsQuery } from '../application/get-regions.query.js';
import { StartMergeCommand } from '../application/merging/start-merge.command.js';
import { StartMergeRequest } from './regions.request.js';

@ApiTags('regions')
@Controller('regions')
export class RegionsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
    private readonly audit: Audit,
  ) {}

  @Get()
  @NeedsKey('read')
  @ApiOperation({
    summary: 'The other regions, their last merges, conflicts',
    description: 'How far each is merged into this one, and which identities have other contents there.',
  })
  @ApiAnswer(200, Regions)
  @ApiProblems(401, 403, 503)
  list(): Promise<Regions> {
    return this.queries.execute(new GetRegionsQuery());
  }

  @Post('merge')
  @HttpCode(202)
  @NeedsKey('admin')
  @ApiOperation({
    summary: 'Merge another region into this one',
    description:
      'It goes on in the background, `GET /regions` shows how it stands. The union of both by identity: nothing counts twice, as often as it is done, in either direction. 409 `merge_under_way` while one is, 400 `unknown_region` for a name that REGIONS does not have.',
  })
  @ApiBody({
    type: StartMergeRequest,
    examples: { rehearsal: { value: { from: 'b', dry_run: true } } },
  })
  @ApiAnswer(202, BegunMerge)
  @ApiProblems(400, 401, 403, 409, 413, 415, 503)
  async merge(@Body() body: StartMergeRequest, @Req() request: FastifyRequest): Promise<BegunMerge> {
    const { from: region } = body;
    const dryRun = body.dry_run === true;
    const since = body.since == null ? null : TimeRange.parseMoment(String(body.since), 'since');
    const actor = actorOf(callerOf(request));
    const begun = await this.commands.execute(new StartMergeCommand({ region, since, dryRun, actor }));
    await this.audit.note({
      actor,
      action: 'region.merged',
      subject: begun.id,
      details: { from: region, dry_run: dryRun, since: since === null ? null : new Date(since).toISOString() },
    });
    return begun;
  }
}
