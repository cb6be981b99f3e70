import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Open } from '../../platform/http/access/route-access.js';

/** Redirects from the older orchestrator's document to today's. */
@ApiExcludeController()
@Open()
@Controller('redoc')
export class RedocController {
  @Get()
  @Redirect('/docs', 302)
  docs(): void {
    // The redirect is the whole answer.
  }
}
