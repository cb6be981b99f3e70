import { Global, Module } from '@nestjs/common';
import { Erasures } from '../events/application/erasures.port.js';
import { ErasePersonHandler } from './application/erase-person.command.js';
import { ErasureKey } from './application/erasure-key.js';
import { ErasureStore } from './application/erasure-store.port.js';
import { ErasureWork } from './application/erasing/erasure-work.port.js';
import { Eraser } from './application/erasing/eraser.js';
import { ExportPersonHandler } from './application/export/export-person.query.js';
import { PersonData } from './application/export/person-data.port.js';
import { GetErasuresHandler } from './application/get-erasures.query.js';
import { OtherErasures } from './application/other-erasures.js';
import { PostgresErasures } from './infrastructure/postgres/postgres-erasures.js';
import { PostgresErasureStore } from './infrastructure/postgres/postgres-erasure-store.js';
import { PostgresErasureWork } from './infrastructure/postgres/postgres-erasure-work.js';
import { PostgresPersonData } from './infrastructure/postgres/postgres-person-data.js';
import { ErasuresController } from './rest/erasures.controller.js';
import { PeopleController } from './rest/people.controller.js';

/**
 * Exports and erases what is held on a person.
 *
 * It is global, because it implements a port of `events`, and the module of `events` must not import this one. Whoever
 * stores events or letters looks at the log of erasures through that port.
 */
@Global()
@Module({
  controllers: [PeopleController, ErasuresController],
  providers: [
    // export
    ExportPersonHandler,
    { provide: PersonData, useClass: PostgresPersonData },
    // erase
    ErasePersonHandler,
    ErasureKey,
    { provide: ErasureStore, useClass: PostgresErasureStore },
    Eraser,
    { provide: ErasureWork, useClass: PostgresErasureWork },
    // leave out what arrives later
    { provide: Erasures, useClass: PostgresErasures },
    // between regions
    GetErasuresHandler,
    OtherErasures,
  ],
  exports: [Erasures, OtherErasures],
})
export class PeopleModule {}
