import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../../../platform/postgres/database.js';
import { ALERTS_LOCKS } from '../../alerts.locks.js';
import { RuleOfFile } from '../../application/rules/rule-errors.js';
import { type NewRule, type RuleSource, RuleStore, type StoredRule } from '../../application/rules/rule-store.port.js';
import { type AlertRule, judgesLike } from '../../domain/alert-rule.js';
import type { Judged } from '../../domain/judgement.js';
import { NEW_WATCH } from '../../domain/watch.js';
import * as sql from './rules.sql.js';

interface Row extends Omit<StoredRule, 'last'> {
  readonly judged: Judged | null;
  readonly value: number | null;
  readonly windowFrom: number | null;
  readonly windowTo: number | null;
}

const FRESH = JSON.stringify(NEW_WATCH);

@Injectable()
export class PostgresRuleStore extends RuleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(): Promise<readonly StoredRule[]> {
    return (await this.database.writers().query<Row>(sql.LIST_RULES)).rows.map(stored);
  }

  async find(id: string): Promise<StoredRule | null> {
    const [row] = (await this.database.writers().query<Row>(sql.ONE_RULE, [id])).rows;
    return row ? stored(row) : null;
  }

  async secretOf(id: string): Promise<string | null> {
    const [row] = (await this.database.writers().query<{ secret: string }>(sql.SECRET_OF_RULE, [id])).rows;
    return row?.secret ?? null;
  }

  add(rule: NewRule, at: number, most: number): Promise<StoredRule | null> {
    return this.database.transaction(async (client) => {
      await client.query(sql.ALONE, [ALERTS_LOCKS.rules]);
      const [counted] = (await client.query<{ rules: number }>(sql.COUNT_RULES)).rows;
      if (counted!.rules >= most) return null;
      await insert(client, rule, 'api', at);
      return one(client, rule.id);
    });
  }

  change(id: string, rule: AlertRule, at: number): Promise<StoredRule | null> {
    return this.database.transaction(async (client) => {
      const before = await hold(client, id);
      if (before === null) return null;
      await replace(client, id, before, rule, at);
      return one(client, id);
    });
  }

  remove(id: string, at: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      if ((await hold(client, id)) === null) return false;
      await endSilently(client, id, at);
      await client.query(sql.DELETE_RULE, [id]);
      return true;
    });
  }

  async renewSecret(id: string, secret: string): Promise<boolean> {
    return (await this.database.writers().query(sql.RENEW_SECRET, [id, secret])).rowCount === 1;
  }

  replaceFile(rules: readonly NewRule[], at: number): Promise<void> {
    return this.database.transaction(async (client) => {
      await client.query(sql.ALONE, [ALERTS_LOCKS.rules]);
      const kept = (await client.query<Row>(sql.FILE_RULES)).rows;
      for (const { id, rule } of kept) {
        if (rules.some((wanted) => wanted.rule.name === rule.name)) continue;
        await endSilently(client, id, at);
        await client.query(sql.DELETE_RULE, [id]);
      }
      for (const wanted of rules) {
        const known = kept.find(({ rule }) => rule.name === wanted.rule.name);
        if (known) await replace(client, known.id, known.rule, wanted.rule, at);
        else await insert(client, wanted, 'file', at);
      }
    });
  }
}

async function hold(client: PoolClient, id: string): Promise<AlertRule | null> {
  const [row] = (await client.query<{ source: RuleSource; rule: AlertRule }>(sql.HOLD_ONE, [id])).rows;
  if (row?.source === 'file') throw new RuleOfFile(id);
  return row?.rule ?? null;
}

async function replace(client: PoolClient, id: string, before: AlertRule, rule: AlertRule, at: number): Promise<void> {
  const values = [id, JSON.stringify(rule), new Date(at)];
  if (judgesLike(before, rule)) {
    if (before.muted_until !== rule.muted_until) await client.query(sql.MUTE_RULE, values);
    return;
  }
  await endSilently(client, id, at);
  await client.query(sql.CHANGE_RULE, [...values, FRESH]);
}

async function endSilently(client: PoolClient, id: string, at: number): Promise<void> {
  await client.query(sql.END_PENDING, [id]);
  await client.query(sql.END_FIRING, [id, new Date(at)]);
}

async function insert(
  client: PoolClient,
  { id, rule, secret }: NewRule,
  source: RuleSource,
  at: number,
): Promise<void> {
  await client.query(sql.ADD_RULE, [id, source, rule.name, JSON.stringify(rule), secret, new Date(at), FRESH]);
}

async function one(client: PoolClient, id: string): Promise<StoredRule | null> {
  const [row] = (await client.query<Row>(sql.ONE_RULE, [id])).rows;
  return row ? stored(row) : null;
}

const stored = ({ judged, value, windowFrom, windowTo, ...row }: Row): StoredRule => ({
  ...row,
  last: judged && { judged, value, window: { from: windowFrom!, to: windowTo! } },
});
