-- A later, smaller row fills what a page had left, so the least and the greatest transaction of a range of pages say little, and
-- GET /regions/facts took three times as long. This class keeps several ranges of values for each
-- range of pages. It takes the place of events_tx_idx, which TransactionIndex drops once all partitions have this one.
do $$
begin
  for attempt in 1 .. 300 loop
    begin
      set local lock_timeout = '200ms';
      -- GET /regions/facts: rows lie in about the order of their transactions
      create index events_tx_ranges_idx on only events using brin (tx int8_minmax_multi_ops) with (pages_per_range = 32);
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the index of transactions could not be declared: statements on events have been running for a minute';
end
$$;
