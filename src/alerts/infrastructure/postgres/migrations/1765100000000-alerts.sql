-- Rules, each with what the evaluator remembers of it. The signing secret is kept as it is: an HMAC needs it. Whoever changes a
-- rule, or judges it, holds its row, so that a change and a judgement never cross.
create table alert_rules (
  id uuid primary key,
  source text not null check (source in ('api', 'file')),
  name text not null,
  rule jsonb not null,
  secret text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  revision int not null default 0, -- of the rule
  watch jsonb not null,
  turn bigint not null default 0, -- the last one that judged it
  judged text check (judged in ('ok', 'no_data', 'incomplete')),
  value double precision,
  window_from timestamptz(3),
  window_to timestamptz(3));
create unique index on alert_rules (name) where source = 'file'; -- a rule of a file is known by its name

-- What was pending, fired and was resolved, with its rule as it was then: it outlives the rule.
create table alerts (
  id uuid primary key,
  rule_id uuid not null,
  rule jsonb not null,
  state text not null check (state in ('pending', 'firing', 'resolved')),
  judged text not null,
  value double precision,
  window_from timestamptz(3),
  window_to timestamptz(3),
  started_at timestamptz(3) not null,
  fired_at timestamptz(3),
  resolved_at timestamptz(3));
create index on alerts (started_at desc, id desc);                                  -- GET /alerts
create unique index on alerts (rule_id) where state <> 'resolved';                  -- one that is open, of a rule

-- What is to be told, written with the change that it tells of. Its id stays the same on every try.
create table alert_notifications (
  id text primary key,
  rule_id uuid not null references alert_rules on delete cascade,
  body text not null,
  created_at timestamptz(3) not null,
  position bigint generated always as identity, -- within a rule: it is told in this order
  attempts int not null default 0,
  next_at timestamptz(3) not null,
  delivered_at timestamptz(3),
  given_up_at timestamptz(3),
  last_error text);
create index on alert_notifications (rule_id, position) where delivered_at is null and given_up_at is null; -- what is due
create index on alert_notifications (created_at);                                                          -- retention

-- Whose turn it is: one row. A turn is claimed for a while; whoever claims it judges all rules, and if it dies another does.
create table alert_turns (
  id int primary key default 1 check (id = 1),
  turn bigint not null,
  claimed_until timestamptz(3) not null,
  done boolean not null);
insert into alert_turns (turn, claimed_until, done) values (0, '-infinity', true);
