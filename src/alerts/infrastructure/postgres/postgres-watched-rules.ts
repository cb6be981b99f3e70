import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../../../platform/postgres/database.js';
import { failpoint } from '../../alerts.failpoints.js';
import {
  type Judgement,
  type Outcome,
  type WatchedRule,
  WatchedRules,
} from '../../application/evaluation/watched-rules.port.js';
import { TURN_MS, type Watch } from '../../domain/watch.js';
import {
  ADD_NOTIFICATION,
  DROP_ALERT,
  DUE_RULES,
  HOLD_RULE,
  KEEP_ALERT,
  NOTE_JUDGEMENT,
  RESOLVE_ALERT,
} from './evaluation.sql.js';

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

@Injectable()
export class PostgresWatchedRules extends WatchedRules {
  constructor(private readonly database: Database) {
    super();
  }

  async due(turn: number): Promise<readonly WatchedRule[]> {
    return (await this.database.writers().query<WatchedRule>(DUE_RULES, [turn])).rows;
  }

  advance(watched: WatchedRule, judgement: Judgement, decide: (watch: Watch) => Outcome): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const held = [watched.id, watched.revision, judgement.turn];
      const [row] = (await client.query<{ watch: Watch }>(HOLD_RULE, held)).rows;
      if (!row) return false;
      await write(client, watched, judgement, decide(row.watch));
      const fault = failpoint('before_alert_commit');
      if (fault) await fault;
      return true;
    });
  }
}

async function write(
  client: PoolClient,
  { id: ruleId }: WatchedRule,
  { turn, finding, window }: Judgement,
  { step: { watch, ended }, notifications }: Outcome,
): Promise<void> {
  const at = new Date(turn * TURN_MS);
  const found = [finding.judged, finding.value, new Date(window.from), new Date(window.to)];
  if (ended?.as === 'dropped') await client.query(DROP_ALERT, [ended.watch.alertId]);
  if (ended?.as === 'resolved') await client.query(RESOLVE_ALERT, [ended.watch.alertId, at, ...found]);
  if (watch.alertId !== null) {
    const times = [dateOf(watch.startedAt), dateOf(watch.firedAt)];
    await client.query(KEEP_ALERT, [watch.alertId, ruleId, watch.phase, ...found, ...times]);
  }
  await client.query(NOTE_JUDGEMENT, [ruleId, JSON.stringify(watch), turn, ...found]);
  for (const { id, body } of notifications) await client.query(ADD_NOTIFICATION, [id, ruleId, body, at]);
}
