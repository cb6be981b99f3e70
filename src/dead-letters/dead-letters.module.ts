import { Module } from '@nestjs/common';
import { DeadLetterStore } from './application/dead-letter-store.port.js';
import { PostgresDeadLetterStore } from './infrastructure/postgres/postgres-dead-letter-store.js';

/** What could not be recorded: kept with its bytes. */
@Module({
  providers: [{ provide: DeadLetterStore, useClass: PostgresDeadLetterStore }],
  exports: [DeadLetterStore],
})
export class DeadLettersModule {}
