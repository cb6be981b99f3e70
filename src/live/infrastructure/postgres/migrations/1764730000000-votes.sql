-- GET /live/data, /live/stream: the votes of all time. It holds no column that counting changes, so that a count is still
-- changed within its page.
create index on event_counts_15m (bucket) where event_type = 'click' and label in ('cheers', 'hate');
