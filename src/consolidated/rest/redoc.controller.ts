import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Open } from '../../platform/http/access/route-access.js';

/** Where the older orchestrator had its document. */
@ApiExcludeController()
@Open()
@Controller('redoc')
export class RedocController {
  @Get()
  @Redirect('/docs', 302)
  docs(): void {
    // The redirect is all.
  }
}
