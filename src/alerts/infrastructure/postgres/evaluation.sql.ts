/** $1: the turn. $2: until when it is claimed. $3: now. */
export const CLAIM_TURN = `
update alert_turns set turn = $1, claimed_until = $2, done = false
where turn < $1 or (turn = $1 and not done and claimed_until <= $3)`;

export const TURN_DONE = `update alert_turns set done = true where turn = $1`;

export const DUE_RULES = `
select id, revision, rule from alert_rules where (rule->>'enabled')::boolean and turn < $1 order by id`;

/** Locks the rule: until the transaction ends, nobody else changes or judges it. */
export const HOLD_RULE = `select watch from alert_rules where id = $1 and revision = $2 and turn < $3 for update`;

export const NOTE_JUDGEMENT = `
update alert_rules set watch = $2, turn = $3, judged = $4, value = $5, window_from = $6, window_to = $7 where id = $1`;

export const DROP_ALERT = `delete from alerts where id = $1 and state = 'pending'`;

export const RESOLVE_ALERT = `
update alerts set state = 'resolved', resolved_at = $2, judged = $3, value = $4, window_from = $5, window_to = $6 where id = $1`;

/** Stores an alert that begins or goes on. */
export const KEEP_ALERT = `
insert into alerts (id, rule_id, rule, state, judged, value, window_from, window_to, started_at, fired_at)
select $1, r.id, r.rule, $3, $4, $5, $6, $7, $8, $9 from alert_rules r where r.id = $2
on conflict (id) do update set state = excluded.state, judged = excluded.judged, value = excluded.value,
  window_from = excluded.window_from, window_to = excluded.window_to, fired_at = excluded.fired_at`;

export const ADD_NOTIFICATION = `
insert into alert_notifications (id, rule_id, body, created_at, next_at) values ($1, $2, $3, $4, $4)`;
