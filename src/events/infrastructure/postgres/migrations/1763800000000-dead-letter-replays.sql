-- Dead letters can be replayed; identities have a floor of their own.

-- event_id: what it was recorded as, once replayed. claimed_until: a replay has it in hand until then at most.
alter table dead_letters add column event_id text, add column claimed_until timestamptz(3);
-- GET /dead-letters?reason=&state=, counts by reason, replay by reason
create index on dead_letters (reason, state, first_seen, id);
-- their retention
create index on dead_letters (replayed_at) where replayed_at is not null;

-- Identities of events older than this are gone: they go MAX_EVENT_AGE_DAYS after the facts.
alter table storage_bounds add column identity_floor timestamptz(3) not null default '1970-01-05T00:00:00Z';
