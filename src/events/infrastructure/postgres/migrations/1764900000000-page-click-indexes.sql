-- Three indexes take the place of the one of clicks by page; each event of it stands in exactly one of them, so recording writes
-- as many entries as before (test/bench/heatmap.bench.ts). With the width of the viewport the heat map is read from indexes alone. Of
-- partitions that exist PageClickIndexes builds them while events are recorded, and then drops the old one; where there is no
-- partition yet, it goes here. Each try waits for 200 ms at most, so that nobody waits behind it for longer.
do $$
begin
  for attempt in 1 .. 300 loop
    begin
      set local lock_timeout = '200ms';
      -- heat map, clicks of a page: at a place in the document
      create index if not exists events_placed_clicks_idx on only events (page_key, occurred_at)
        include (x, y, viewport_width, scroll_y)
        where event_type = 'click' and page_key is not null and interaction is null
          and x is not null and reaction is null and target ->> 'fixed' is distinct from 'true';
      -- the same: on elements that stay in place, without a place, votes
      create index if not exists events_other_clicks_idx on only events (page_key, occurred_at)
        include (viewport_width, x, y, scroll_y, reaction)
        where event_type = 'click' and page_key is not null and interaction is null
          and (x is null or reaction is not null or target ->> 'fixed' = 'true');
      -- heat map, views and scrolls of a page
      create index if not exists events_interactions_idx on only events (page_key, occurred_at)
        include (view_id, interaction, scroll_depth, viewport_width)
        where event_type = 'click' and page_key is not null and interaction is not null;
      if not exists (select from pg_inherits where inhparent = 'events'::regclass) then
        drop index if exists events_page_key_occurred_at_x_y_scroll_y_idx;
      end if;
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the indexes of page clicks could not be declared: statements on events have been running for a minute';
end
$$;
