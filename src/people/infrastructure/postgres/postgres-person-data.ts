import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import { PersonData } from '../../application/export/person-data.port.js';
import type { HeldConflict, HeldLetters, LetterPlace } from '../../application/held-letters.js';
import { CONFLICTS_OF_USER } from './conflicts.sql.js';
import { lettersPage } from './letters-page.js';

/** No index leads to either, so these are slow reads. */
@Injectable()
export class PostgresPersonData extends PersonData {
  constructor(private readonly database: Database) {
    super();
  }

  letters(userId: string, after: LetterPlace | null, signal?: AbortSignal): Promise<HeldLetters> {
    return lettersPage((text, values) => this.database.read({ text, values }, signal, 'slow'), after, [userId]);
  }

  conflicts(userId: string, signal?: AbortSignal): Promise<readonly HeldConflict[]> {
    return this.database.read<HeldConflict & object>({ text: CONFLICTS_OF_USER, values: [userId] }, signal, 'slow');
  }
}
