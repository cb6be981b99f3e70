import { Module } from '@nestjs/common';
import { Pages } from './pages.js';
import { WebController } from './web.controller.js';

/** Serves what `npm run build` makes of `app/`. */
@Module({ controllers: [WebController], providers: [Pages] })
export class WebModule {}
