import { Module } from '@nestjs/common';
import { Pages } from './pages.js';
import { TrackerFiles } from './tracker-files.js';
import { WebController } from './web.controller.js';

/** Serves what `npm run build` makes of `app/` and of the client. */
@Module({ controllers: [WebController], providers: [Pages, TrackerFiles] })
export class WebModule {}
