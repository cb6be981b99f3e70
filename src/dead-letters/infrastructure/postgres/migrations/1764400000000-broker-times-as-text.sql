-- Times of a message come from clocks that nobody checks: epoch milliseconds outside of the years 1 to 9999 stand as text
-- beside an empty column. published_at without either is impossible.
alter table dead_letters alter column published_at drop not null;
alter table dead_letters add column published_at_text text, add column event_time_text text;
