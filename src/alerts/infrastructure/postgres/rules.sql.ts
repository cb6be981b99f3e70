const MS = (column: string, name: string) => `(extract(epoch from ${column}) * 1000)::float8 as "${name}"`;

const RULE = `id, source, rule, ${MS('created_at', 'createdAt')}, ${MS('updated_at', 'updatedAt')}, judged, value,
  ${MS('window_from', 'windowFrom')}, ${MS('window_to', 'windowTo')}`;

export const LIST_RULES = `select ${RULE} from alert_rules order by created_at, id`;
export const ONE_RULE = `select ${RULE} from alert_rules where id = $1`;
export const FILE_RULES = `select ${RULE} from alert_rules where source = 'file' order by id for update`;
export const SECRET_OF_RULE = `select secret from alert_rules where id = $1`;

/** Whoever adds or replaces rules does so alone, so that the limit holds and a name stays unique. */
export const ALONE = `select pg_advisory_xact_lock($1)`;
export const COUNT_RULES = `select count(*)::int as rules from alert_rules`;

export const ADD_RULE = `
insert into alert_rules (id, source, name, rule, secret, created_at, updated_at, watch) values ($1, $2, $3, $4, $5, $6, $6, $7)`;

export const HOLD_ONE = `select source, rule from alert_rules where id = $1 for update`;

/** The state of the rule stays, because nobody judges it by another rule. */
export const MUTE_RULE = `update alert_rules set rule = $2, updated_at = $3, revision = revision + 1 where id = $1`;

export const CHANGE_RULE = `
update alert_rules set rule = $2, name = $2::jsonb->>'name', updated_at = $3, revision = revision + 1, watch = $4,
  judged = null, value = null, window_from = null, window_to = null where id = $1`;

export const DELETE_RULE = `delete from alert_rules where id = $1`;

export const END_PENDING = `delete from alerts where rule_id = $1 and state = 'pending'`;
export const END_FIRING = `update alerts set state = 'resolved', resolved_at = $2 where rule_id = $1 and state = 'firing'`;

export const RENEW_SECRET = `update alert_rules set secret = $2 where id = $1`;
