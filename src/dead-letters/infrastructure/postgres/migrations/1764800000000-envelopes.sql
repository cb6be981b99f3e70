-- What opens the bytes of a letter that nobody could open, for whoever has the key, the schema or a better reader later: the
-- metadata of its entry as they came, and the version of the schema that it was written with. Older letters have them among
-- their properties, as `pulsar.metadata` and `pulsar.schema_version`.
alter table dead_letters add column envelope bytea, add column schema_version bytea;
