import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, Audit } from '../../access/application/audit/audit.js';
import { callerOf } from '../../platform/http/access/caller.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import {
  AlertRuleList,
  AlertRuleView,
  CreatedAlertRule,
  RenewedSecret,
  TestedRule,
} from '../application/answers/alert-rule.answer.js';
import { ChangeRuleCommand } from '../application/rules/change-rule.command.js';
import { CreateRuleCommand } from '../application/rules/create-rule.command.js';
import { DeleteRuleCommand } from '../application/rules/delete-rule.command.js';
import { GetRuleQuery } from '../application/rules/get-rule.query.js';
import { GetRulesQuery } from '../application/rules/get-rules.query.js';
import { RenewSecretCommand } from '../application/rules/renew-secret.command.js';
import { TestRuleCommand } from '../application/rules/test-rule.command.js';
import { parseRule } from '../domain/parse-rule.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXAMPLE = '019aab4c-3e80-7abc-8def-0123456789ab';

const ApiRuleId = () =>
  ApiParam({
    name: 'id',
    description: 'As `GET /alerts/rules` shows it.',
    schema: { type: 'string', format: 'uuid', minLength: 36, maxLength: 36, example: EXAMPLE },
  });

const ApiRule = () =>
  ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      description:
        'name, metric, period, condition, threshold and for_minutes; and, where need be, currency, filter {event_type, label}, resolve_after_minutes (5), min_clicks (100), enabled (true), muted_until, repeat_hours, webhook_url.',
    },
    examples: {
      rate: {
        value: {
          name: 'the rate falls',
          metric: 'conversion_rate',
          period: '1h',
          condition: 'below',
          threshold: 5,
          for_minutes: 5,
        },
      },
    },
  });

/** Shows and changes who is told of which figure. */
@ApiTags('alerts')
@NeedsKey('admin')
@Controller('alerts/rules')
export class AlertRulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly audit: Audit,
  ) {}

  @Get()
  @NeedsKey('read')
  @ApiOperation({ summary: 'All alert rules', description: 'Each with what it was last judged by.' })
  @ApiAnswer(200, AlertRuleList)
  @ApiProblems(401, 403, 503)
  list(@Req() request: FastifyRequest): Promise<AlertRuleList> {
    return this.queries.execute(new GetRulesQuery(seesAll(request)));
  }

  @Get(':id')
  @NeedsKey('read')
  @ApiOperation({ summary: 'One alert rule', description: 'With what it was last judged by.' })
  @ApiRuleId()
  @ApiAnswer(200, AlertRuleView)
  @ApiProblems(400, 401, 403, 404, 503)
  one(@Param('id') id: string, @Req() request: FastifyRequest): Promise<AlertRuleView> {
    return this.queries.execute(new GetRuleQuery(ruleId(id), seesAll(request)));
  }

  @Post()
  @ApiOperation({
    summary: 'Make an alert rule',
    description: 'Judged every 15 s. The only answer that shows what its webhook is signed with (Standard Webhooks).',
  })
  @ApiRule()
  @ApiAnswer(201, CreatedAlertRule)
  @ApiProblems(400, 401, 403, 409, 413, 415, 503)
  async create(@Body() body: unknown, @Req() request: FastifyRequest): Promise<CreatedAlertRule> {
    const created = await this.commands.execute(new CreateRuleCommand(parseRule(body)));
    await this.note(request, 'alert_rule.created', created.id);
    return created;
  }

  @Put(':id')
  @ApiOperation({
    summary: 'Change an alert rule',
    description: 'The whole rule. An alert that is open is resolved and nobody told, unless only muted_until changes.',
  })
  @ApiRuleId()
  @ApiRule()
  @ApiAnswer(200, AlertRuleView)
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 503)
  async change(@Param('id') id: string, @Body() body: unknown, @Req() request: FastifyRequest): Promise<AlertRuleView> {
    const changed = await this.commands.execute(new ChangeRuleCommand(ruleId(id), parseRule(body)));
    await this.note(request, 'alert_rule.changed', changed.id);
    return changed;
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Delete an alert rule',
    description: 'An alert that is open is resolved and nobody told; what it wrote and did not deliver is dropped.',
  })
  @ApiRuleId()
  @ApiAnswer(200, AlertRuleView)
  @ApiProblems(400, 401, 403, 404, 409, 503)
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<AlertRuleView> {
    const deleted = await this.commands.execute(new DeleteRuleCommand(ruleId(id)));
    await this.note(request, 'alert_rule.deleted', deleted.id);
    return deleted;
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Tell the webhook of an alert rule something, now and once',
    description: 'With the figures of this moment, whatever they are. No alert changes.',
  })
  @ApiRuleId()
  @ApiAnswer(200, TestedRule)
  @ApiProblems(400, 401, 403, 404, 503)
  async test(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TestedRule> {
    const tested = await this.commands.execute(new TestRuleCommand(ruleId(id), clientGone(reply)));
    await this.note(request, 'alert_rule.tested', ruleId(id));
    return tested;
  }

  @Post(':id/secret')
  @ApiOperation({
    summary: 'Give an alert rule a new signing secret',
    description: 'Shown this once. How the secret of a rule of ALERTS_FILE is learnt.',
  })
  @ApiRuleId()
  @ApiAnswer(201, RenewedSecret)
  @ApiProblems(400, 401, 403, 404, 503)
  async renew(@Param('id') id: string, @Req() request: FastifyRequest): Promise<RenewedSecret> {
    const renewed = await this.commands.execute(new RenewSecretCommand(ruleId(id)));
    await this.note(request, 'alert_rule.secret_renewed', renewed.id);
    return renewed;
  }

  private note(request: FastifyRequest, action: string, subject: string): Promise<void> {
    return this.audit.note({ actor: actorOf(callerOf(request)), action, subject });
  }
}

/** Whoever may only read sees the host of a webhook and no more. While no key exists, everybody may do everything. */
function seesAll(request: FastifyRequest): boolean {
  const caller = callerOf(request);
  return caller === null || caller.role === 'admin';
}

/** @throws Problem 400 */
function ruleId(id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw invalidRequest([{ field: 'id', message: 'must be a UUID' }]);
}
