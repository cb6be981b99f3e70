-- How far a topic's subscription is, by its positions at the broker: no producer's clock has a say. published_until is no longer
-- written; replicas of before go on writing it, and lag_ms as the longest way from publish to commit.
alter table consumer_progress
  -- all that was published longer ago is settled, 0: nothing waits; null while that is not known
  alter column lag_ms drop not null,
  -- messages that wait for the time that their producer set
  add column delayed bigint not null default 0,
  -- for how long others have waited while nothing moved, and none was in hand; null: not known
  add column still_ms bigint,
  -- all published before is settled, by PostgreSQL's clock, only forward; a process that begins with a backlog goes on from the newest
  add column settled_until timestamptz(3),
  -- why positions cannot be had, null while they can
  add column unseen text;
