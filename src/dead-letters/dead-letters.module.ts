import { Global, Module } from '@nestjs/common';
import { DeadLetterStore } from '../events/application/dead-letter-store.port.js';
import { CountDeadLettersHandler } from './application/count-dead-letters.query.js';
import { DeadLetterReplays } from './application/dead-letter-replays.port.js';
import { DeadLettersReader } from './application/dead-letters-reader.port.js';
import { GetDeadLetterHandler } from './application/get-dead-letter.query.js';
import { GetDeadLettersHandler } from './application/get-dead-letters.query.js';
import { ReplayDeadLetterHandler } from './application/replay-dead-letter.command.js';
import { ReplayDeadLettersHandler } from './application/replay-dead-letters.command.js';
import { Replayer } from './application/replayer.js';
import { DeadLetterRetention } from './infrastructure/postgres/dead-letter-retention.js';
import { PostgresDeadLetterReplays } from './infrastructure/postgres/postgres-dead-letter-replays.js';
import { PostgresDeadLetterStore } from './infrastructure/postgres/postgres-dead-letter-store.js';
import { PostgresDeadLettersReader } from './infrastructure/postgres/postgres-dead-letters-reader.js';
import { PrometheusOpenDeadLetters } from './infrastructure/prometheus-open-dead-letters.js';
import { DeadLettersController } from './rest/dead-letters.controller.js';
import { ReplayController } from './rest/replay.controller.js';

/**
 * Keeps messages that could not be recorded, with their bytes. It lists them, and replays them after a fix.
 *
 * It is global, because it implements a port of `events`, and the module of `events` must not import this one.
 */
@Global()
@Module({
  controllers: [DeadLettersController, ReplayController],
  providers: [
    // keep
    { provide: DeadLetterStore, useClass: PostgresDeadLetterStore },
    DeadLetterRetention,
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
  exports: [DeadLetterStore],
})
export class DeadLettersModule {}
