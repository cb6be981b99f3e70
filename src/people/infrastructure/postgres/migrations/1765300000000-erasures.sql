-- Who was erased: a log, by which every writer leaves out what arrives later and was received before. Rows are added, and raised
-- when the same person is erased again, only while nobody records; each change raises the version.
create table erasures (
  -- HMAC-SHA-256 of the user id with ERASURE_KEY
  person bytea primary key,
  -- length of the user id in UTF-8: with it the bytes of a dead letter can be searched for whom only the hash is known of
  id_bytes int not null,
  -- of what was received until then nothing is kept, in no region
  erased_at timestamptz(3) not null,
  -- of the log when this row was changed last
  version bigint not null,
  -- What is left to do. The user id is kept until it is done, so that whoever goes on after a kill finds the events by their index;
  -- null: it came from another region, or it is done.
  open boolean not null,
  user_id text,
  -- events of earlier transactions were held when it was asked for, whatever their received_at says; null: it came from another region
  tx bigint,
  -- what was erased here so far
  events bigint not null default 0, dead_letters bigint not null default 0, conflicts bigint not null default 0);
-- what is left to do
create index on erasures (person) where open;
-- what a writer does not know yet
create index on erasures (version);

-- Which key the hashes are made with: with another one nobody would be found. One row, once somebody was erased.
create table erasure_key (id boolean primary key default true check (id), fingerprint text not null);

-- Every writer reads the version with the bounds. A column with a constant default changes the catalogue alone; each try waits for
-- 200 ms at most, so that nobody waits behind it for longer.
do $$
begin
  for attempt in 1 .. 300 loop
    begin
      set local lock_timeout = '200ms';
      alter table storage_bounds add column erasures_version bigint not null default 0;
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the version of erasures could not be added: statements on storage_bounds have been running for a minute';
end
$$;
