-- Which event a dead letter became: written in the transaction that records the event, and looked up by every replay.
-- Whatever identities the corrections of a letter carry, it becomes one event.
create table dead_letter_events (letter_id uuid primary key, event_id text not null);
