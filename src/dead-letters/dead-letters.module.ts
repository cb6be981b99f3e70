import { Module } from '@nestjs/common';
import { CountDeadLettersHandler } from './application/count-dead-letters.query.js';
import { DeadLetterReplays } from './application/dead-letter-replays.port.js';
import { DeadLetterRetention } from './application/dead-letter-retention.port.js';
import { DeadLetterStore } from './application/dead-letter-store.port.js';
import { DeadLettersReader } from './application/dead-letters-reader.port.js';
import { GetDeadLetterHandler } from './application/get-dead-letter.query.js';
import { GetDeadLettersHandler } from './application/get-dead-letters.query.js';
import { ReplayDeadLetterHandler } from './application/replay-dead-letter.command.js';
import { ReplayDeadLettersHandler } from './application/replay-dead-letters.command.js';
import { Replayer } from './application/replayer.js';
import { PostgresDeadLetterReplays } from './infrastructure/postgres/postgres-dead-letter-replays.js';
import { PostgresDeadLetterRetention } from './infrastructure/postgres/postgres-dead-letter-retention.js';
import { PostgresDeadLetterStore } from './infrastructure/postgres/postgres-dead-letter-store.js';
import { PostgresDeadLettersReader } from './infrastructure/postgres/postgres-dead-letters-reader.js';
import { PrometheusOpenDeadLetters } from './infrastructure/prometheus-open-dead-letters.js';
import { DeadLettersController } from './rest/dead-letters.controller.js';
import { ReplayController } from './rest/replay.controller.js';

/** What could not be recorded: kept with its bytes, listed, replayed after a fix. */
@Module({
  controllers: [DeadLettersController, ReplayController],
  providers: [
    // keep
    { provide: DeadLetterStore, useClass: PostgresDeadLetterStore },
    { provide: DeadLetterRetention, useClass: PostgresDeadLetterRetention },
    PrometheusOpenDeadLetters,
    // list, show, count
    GetDeadLettersHandler,
    GetDeadLetterHandler,
    CountDeadLettersHandler,
    { provide: DeadLettersReader, useClass: PostgresDeadLettersReader },
    // replay
    ReplayDeadLetterHandler,
    ReplayDeadLettersHandler,
    Replayer,
    { provide: DeadLetterReplays, useClass: PostgresDeadLetterReplays },
  ],
  exports: [DeadLetterStore, DeadLetterRetention],
})
export class DeadLettersModule {}
