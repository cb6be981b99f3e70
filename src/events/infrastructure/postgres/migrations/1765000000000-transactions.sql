-- The transaction that recorded an event, so that another region can ask for what was committed since it asked before. Null: recorded
-- before there was this column. Adding it and giving it a default change the catalogue alone; each try waits for 200 ms at most, so
-- that nobody waits behind it for longer.
do $$
begin
  for attempt in 1 .. 300 loop
    begin
      set local lock_timeout = '200ms';
      alter table events add column tx bigint;
      -- in a statement of its own, so that it holds for later rows alone; replicas of the release before do not name the column
      alter table events alter column tx set default pg_current_xact_id()::text::bigint;
      -- GET /regions/facts: rows lie in about the order of their transactions. TransactionIndex builds it for partitions that exist
      create index events_tx_idx on only events using brin (tx) with (pages_per_range = 32);
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the column of transactions could not be added: statements on events have been running for a minute';
end
$$;
