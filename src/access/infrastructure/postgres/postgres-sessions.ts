import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import { AccessUsage } from '../../application/access-usage.port.js';
import type { StoredSession } from '../../application/live-access-reader.port.js';
import { SessionStore } from '../../application/sessions/session-store.port.js';
import { END_SESSION, NOTE_KEYS, NOTE_SESSIONS, OPEN_SESSION } from './access.sql.js';

@Injectable()
export class PostgresSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async open({ digest, keyId, proof, createdAt, lastSeen }: StoredSession): Promise<void> {
    const values = [digest, keyId, proof, new Date(createdAt), new Date(lastSeen)];
    await this.database.writers().query(OPEN_SESSION, values);
  }

  async end(digest: Buffer): Promise<void> {
    await this.database.writers().query(END_SESSION, [digest]);
  }
}

@Injectable()
export class PostgresAccessUsage extends AccessUsage {
  constructor(private readonly database: Database) {
    super();
  }

  async note(keys: ReadonlyMap<string, number>, sessions: ReadonlyMap<string, number>): Promise<void> {
    const dates = (times: Iterable<number>) => [...times].map((at) => new Date(at));
    if (keys.size > 0) await this.database.writers().query(NOTE_KEYS, [[...keys.keys()], dates(keys.values())]);
    if (sessions.size === 0) return;
    const digests = [...sessions.keys()].map((digest) => Buffer.from(digest, 'hex'));
    await this.database.writers().query(NOTE_SESSIONS, [digests, dates(sessions.values())]);
  }
}
