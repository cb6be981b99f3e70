import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import type { DeadLetterView } from '../../application/answers/dead-letter.answer.js';
import {
  type DeadLetterCount,
  type DeadLetterFilter,
  type DeadLetterPosition,
  type DeadLetterSlice,
  DeadLettersReader,
  type DeadLetterWithBytes,
  type SliceBounds,
} from '../../application/dead-letters-reader.port.js';
import { COUNT_BY_REASON, DEAD_LETTER, deadLettersPage, hasIndex } from './dead-letters.sql.js';

/** A payload reaches 64 MiB, which would take 300 MB to answer. */
const SHOWN_BYTES = 8 * 1024 * 1024;

interface Row extends Omit<DeadLetterView, 'key'> {
  readonly message_key: Buffer | null;
}

interface PageRow extends Row {
  readonly beyond: boolean;
}

interface DetailedRow extends Row {
  readonly properties: Buffer | null;
  readonly payload: Buffer;
  readonly envelope: Buffer | null;
  readonly schema_version: Buffer | null;
}

@Injectable()
export class PostgresDeadLettersReader extends DeadLettersReader {
  constructor(private readonly database: Database) {
    super();
  }

  async slice(
    filter: DeadLetterFilter,
    before: DeadLetterPosition | null,
    most: SliceBounds,
    signal?: AbortSignal,
  ): Promise<DeadLetterSlice> {
    const page = deadLettersPage(filter, before, most);
    const rows = await this.database.read<PageRow>(page, signal, hasIndex(filter) ? 'fast' : 'slow');
    const fitting = rows.filter(({ beyond }) => !beyond).slice(0, most.limit);
    return {
      letters: fitting.map(({ beyond: _, ...row }) => withKey(row)),
      follows: rows.length > fitting.length,
      full: fitting.length < most.limit && rows.length > fitting.length,
    };
  }

  async find(id: string): Promise<DeadLetterWithBytes | null> {
    const [row] = await this.database.read<DetailedRow>({ text: DEAD_LETTER, values: [id, SHOWN_BYTES] });
    return row ? { ...withKey(row), properties: propertiesOf(row.properties) } : null;
  }

  counts(): Promise<readonly DeadLetterCount[]> {
    return this.database.read<DeadLetterCount>({ text: COUNT_BY_REASON });
  }
}

const withKey = <R extends Row>({ message_key: key, ...view }: R) => ({ ...view, key: key && key.toString('utf8') });

/** Reads the properties of the message, which PostgresDeadLetterStore wrote as JSON. */
export const propertiesOf = (bytes: Buffer | null): Record<string, string> =>
  bytes === null ? {} : (JSON.parse(bytes.toString('utf8')) as Record<string, string>);
