-- How often facts were changed without a change of their counts, as an erasure does. Whoever keeps what was counted from facts (the
-- heat map) compares this number and the counts. A table of its own: whoever raises it holds the row until the commit, and takes it last.
create table fact_changes (id boolean primary key default true check (id), changes bigint not null);
insert into fact_changes (changes) values (0);
