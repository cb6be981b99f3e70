import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** Where the older orchestrator had its document. */
@ApiExcludeController()
@Controller('redoc')
export class RedocController {
  @Get()
  @Redirect('/docs', 302)
  docs(): void {
    // The redirect is all.
  }
}
