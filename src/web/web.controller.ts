import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../platform/http/access/route-access.js';
import { ApiAnswer } from '../platform/http/openapi/api-answer.js';
import { SERVICE } from '../platform/observability/health.answer.js';
import { Pages } from './pages.js';
import { TrackerFiles } from './tracker-files.js';
import { Welcome } from './welcome.answer.js';

/** The package is above the sources and what is built of them, wherever that is. */
function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return versionAbove(dirname(folder));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const version = versionAbove(import.meta.dirname);

/** The pages, and what stands at the root. */
@ApiTags('pages')
@Open()
@Controller()
export class WebController {
  constructor(
    private readonly pages: Pages,
    private readonly trackers: TrackerFiles,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Says that the service is alive',
    description: 'A browser (`Accept` begins with `text/html`) is sent to the dashboard.',
  })
  @ApiAnswer(200, Welcome)
  root(@Req() { headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Welcome | undefined {
    void reply.header('vary', 'Accept');
    if (/^\s*text\/html\b/i.test(headers.accept ?? '')) {
      void reply.status(302).header('location', '/dashboard');
      return undefined;
    }
    return { status: 'ok', service: SERVICE, version, message: 'The API is at /docs, the dashboard at /dashboard.' };
  }

  @Get(['dashboard', 'dashboard/*', 'secret-heatmap'])
  @ApiExcludeEndpoint()
  dashboard(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    return this.pages.send('dashboard', request, reply);
  }

  @Get('clicker')
  @ApiExcludeEndpoint()
  clicker(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    return this.pages.send('clicker', request, reply);
  }

  @Get('assets/*')
  @ApiExcludeEndpoint()
  asset(@Param('*') file: string, @Res() reply: FastifyReply): void {
    this.pages.sendAsset(file, reply);
  }

  @Get(['tracker.js', 'tracker.mjs', 'tracker/:file'])
  @ApiExcludeEndpoint()
  tracker(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    return this.trackers.send(request, reply);
  }
}
