import { Body, Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../../platform/http/access/caller.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { CreatedKey, KeyList, KeyView } from '../application/answers/key.answer.js';
import { actorOf } from '../application/audit/audit.js';
import { CreateKeyCommand } from '../application/keys/create-key.command.js';
import { GetKeysQuery } from '../application/keys/get-keys.query.js';
import { RevokeKeyCommand } from '../application/keys/revoke-key.command.js';
import { RotateKeyCommand } from '../application/keys/rotate-key.command.js';
import { CreateKeyRequest } from './keys.request.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXAMPLE = '019aab4c-3e80-7abc-8def-0123456789ab';

const ApiKeyId = () =>
  ApiParam({
    name: 'id',
    description: 'As `GET /keys` shows it.',
    schema: { type: 'string', format: 'uuid', minLength: 36, maxLength: 36, example: EXAMPLE },
  });

/** The keys that open this service, and their secrets, each shown once. */
@ApiTags('access')
@NeedsKey('admin')
@Controller('keys')
export class KeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All keys', description: 'Without their secrets, which nobody knows but who has them.' })
  @ApiAnswer(200, KeyList)
  @ApiProblems(401, 403, 503)
  list(): Promise<KeyList> {
    return this.queries.execute(new GetKeysQuery());
  }

  @Post()
  @ApiOperation({
    summary: 'Make a key',
    description:
      'The only answer that shows it. As soon as any key exists, routes that ask for one are closed to others.',
  })
  @ApiBody({ type: CreateKeyRequest, examples: { grafana: { value: { role: 'read', name: 'grafana' } } } })
  @ApiAnswer(201, CreatedKey)
  @ApiProblems(400, 401, 403, 413, 415, 503)
  create(@Body() { role, name }: CreateKeyRequest, @Req() request: FastifyRequest): Promise<CreatedKey> {
    return this.commands.execute(new CreateKeyCommand(role, name, actorOf(callerOf(request))));
  }

  @Post(':id/rotate')
  @ApiOperation({
    summary: 'Give a key a new secret',
    description: 'The id stays; the secret before goes on for 24 hours.',
  })
  @ApiKeyId()
  @ApiAnswer(201, CreatedKey)
  @ApiProblems(400, 401, 403, 404, 503)
  rotate(@Param('id') id: string, @Req() request: FastifyRequest): Promise<CreatedKey> {
    return this.commands.execute(new RotateKeyCommand(keyId(id), actorOf(callerOf(request))));
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Revoke a key',
    description:
      'Within 5 s no replica takes it, nor a session that was opened with it; answers on their way break off.',
  })
  @ApiKeyId()
  @ApiAnswer(200, KeyView)
  @ApiProblems(400, 401, 403, 404, 503)
  revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<KeyView> {
    return this.commands.execute(new RevokeKeyCommand(keyId(id), actorOf(callerOf(request))));
  }
}

/** @throws Problem 400 */
function keyId(id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw invalidRequest([{ field: 'id', message: 'must be a UUID' }]);
}
