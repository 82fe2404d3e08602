-- The application role stores and reads; it can neither change nor delete what is stored. The roles exist already:
-- `db create` makes them, because roles belong to the cluster and not to one database.
grant usage on schema {store} to {application_role}, {reader_role};

grant select on all tables in schema {store} to {application_role};
grant insert on {store}.aggregate_types, {store}.command_types, {store}.event_types to {application_role};
grant insert, update on {store}.aggregates to {application_role};
grant insert on {store}.commands, {store}.events to {application_role};
grant insert, update, delete on {store}.aggregate_unique_keys, {store}.aggregates_that_need_snapshots,
  {store}.snapshot_records, {store}.partition_key_changes to {application_role};
