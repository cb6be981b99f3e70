import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Health } from '../observability/health.js';
import { Database } from './database.js';

/** PostgreSQL is the one part without which HTTP cannot be served. */
@Injectable()
export class DatabaseHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'postgresql',
      required: true,
      check: async () => {
        const { ready, reason } = await this.database.check();
        return ready ? { status: 'up' } : { status: 'down', reason: reason ?? 'unknown' };
      },
    });
  }
}
