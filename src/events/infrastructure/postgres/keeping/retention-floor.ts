import { Injectable } from '@nestjs/common';
import { Config } from '../../../../platform/config/config.js';
import { Database } from '../../../../platform/postgres/database.js';
import { exclusiveTurn } from '../../../../platform/postgres/exclusive-turn.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';
import { DAY_MS, startOfWeek } from '../../../domain/calendar.js';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { EVENTS_VARIABLES } from '../../../events.variables.js';

const FLOOR = `select (extract(epoch from retention_floor) * 1000)::float8 as floor from storage_bounds`;

/**
 * Facts below the floor are no longer kept. It is a Monday 00:00 UTC, and only moves forward. It is committed under the
 * exclusive lock before anything is dropped. So no transaction writes below it afterwards, and a reader always sees the
 * floor that belongs to its figures.
 */
@Injectable()
export class RetentionFloor {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Moves the floor to the Monday at or below `now` − RETENTION_DAYS, so that at least so many days are kept. Recording
   * steps aside once a week for this, and not at all while RETENTION_DAYS is unset.
   *
   * @param now epoch milliseconds. @param stopping ends the waiting for a turn. @returns the floor in force, epoch milliseconds.
   */
  async advance(now: number, stopping?: AbortSignal): Promise<number> {
    const { RETENTION_DAYS: days } = this.config.of(EVENTS_VARIABLES);
    const wanted = days === null ? -Infinity : startOfWeek(now - days * DAY_MS);
    const current = await this.current();
    if (wanted <= current) return current;
    await exclusiveTurn(
      this.database,
      EVENTS_LOCKS.recording,
      (client) =>
        client.query('update storage_bounds set retention_floor = $1 where retention_floor < $1', [timestamp(wanted)]),
      stopping,
    );
    return this.current();
  }

  private async current(): Promise<number> {
    const { rows } = await this.database.writers().query<{ floor: number }>(FLOOR);
    return rows[0]!.floor;
  }
}
