-- Import and merge take the years 1 to 9999, so nothing may lie below the floor of a database that has dropped nothing: it begins at
-- the first of them, a Monday. The floor only moves forward and never to the Monday it began at, so where it still stands there,
-- no fact has been dropped, and no identity either.
update storage_bounds
set retention_floor = '0001-01-01T00:00:00Z', identity_floor = '0001-01-01T00:00:00Z'
where retention_floor = '1970-01-05T00:00:00Z';
alter table storage_bounds alter column identity_floor set default '0001-01-01T00:00:00Z';
