-- Views of pages and how far they were read, and what a click hit. Columns without a default change the catalogue alone, but they
-- lock every partition: whoever reads an event holds that up, and then all others wait behind it. So each try waits for 200 ms at most.
do $$
begin
  for attempt in 1 .. 300 loop
    begin
      set local lock_timeout = '200ms';
      alter table events
        add column interaction text,
        add column view_id text,
        -- fraction of the document, the deepest seen in the view
        add column scroll_depth double precision,
        add column document_width int,
        add column document_height int,
        -- {selector, x, y, fixed}
        add column target jsonb;
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the columns of interactions could not be added: statements on events have been running for a minute';
end
$$;
