import { Controller, Get, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { OpenRead } from '../../../src/platform/http/access/route-access.js';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { join } from 'node:path';
import { Config } from '../../../src/platform/config/config.js';
import { integer, type Variables } from '../../../src/platform/config/variable.js';
import { NEVER_FAILS, type Failpoints } from '../../../src/platform/failpoint.js';
import { Housekeeping } from '../../../src/platform/housekeeping/housekeeping.js';
import { Database } from '../../../src/platform/postgres/database.js';
import type { Slice } from '../../../src/platform/slice.js';

const GREETINGS_VARIABLES = {
  GREETINGS_LIMIT: integer({ default: 3, min: 1, max: 100, about: 'how many are shown' }),
} as const satisfies Variables;

const GREETINGS_FAILPOINTS = { before_greeting: NEVER_FAILS } as const satisfies Failpoints;

@ApiTags('greetings')
@OpenRead()
@Controller('greetings')
class GreetingsController {
  private readonly limit: number;

  constructor(
    config: Config,
    private readonly database: Database,
  ) {
    this.limit = config.of(GREETINGS_VARIABLES).GREETINGS_LIMIT;
  }

  @Get()
  @ApiOperation({ summary: 'Some greetings' })
  @ApiOkResponse({ description: 'The first of them.' })
  async list(): Promise<{ greetings: string[] }> {
    const text = 'select words from greetings order by id limit $1';
    const rows = await this.database.read<{ words: string }>({ text, values: [this.limit] });
    return { greetings: rows.map(({ words }) => words) };
  }
}

@Injectable()
class GreetingsKeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'dropping greetings that are worn out',
      everyMs: 600_000,
      run: async () => void (await this.database.writers().query(`delete from greetings where words = 'howdy'`)),
    });
  }
}

@Module({ controllers: [GreetingsController], providers: [GreetingsKeeping] })
class GreetingsModule {}

/** The smallest slice with one of each kind: what it takes to add one is this folder and one element of the list. */
export const greetings = {
  name: 'greetings',
  module: () => Promise.resolve(GreetingsModule),
  migrations: join(import.meta.dirname, 'migrations'),
  variables: GREETINGS_VARIABLES,
  failpoints: GREETINGS_FAILPOINTS,
  locks: { greeting: 7_399_001 },
} as const satisfies Slice;
