-- Raises an error with an SQLSTATE of ours, for use inside expressions. The codes, by which the framework tells these
-- errors from the database's own: SR001 events do not continue their stream, SR002 the views have another version,
-- SR003 a view row that must exist does not.
create function {store}.raise(code text, message text) returns text
language plpgsql as $$
begin
  raise exception using errcode = code, message = message;
end
$$;

-- ISO 8601 in UTC with milliseconds, as in the JSON of messages.
create function {store}.json_timestamp(moment timestamptz) returns text
language sql stable
return pg_catalog.to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

create function {store}.save_deleted_events() returns trigger
language plpgsql as $$
begin
  insert into {store}.saved_event_records
    (operation, timestamp, "user", aggregate_id, partition_key, sequence_number, created_at, command_id, event_type,
     event_json, xact_id)
  select 'D', pg_catalog.clock_timestamp(), session_user, o.aggregate_id, o.partition_key, o.sequence_number,
         o.created_at, o.command_id, t.type, o.event_json, o.xact_id
    from old_rows o join {store}.event_types t on t.id = o.event_type_id;
  return null;
end
$$;

create function {store}.save_updated_events() returns trigger
language plpgsql as $$
begin
  insert into {store}.saved_event_records
    (operation, timestamp, "user", aggregate_id, partition_key, sequence_number, created_at, command_id, event_type,
     event_json, xact_id)
  select 'U', pg_catalog.clock_timestamp(), session_user, o.aggregate_id, o.partition_key, o.sequence_number,
         o.created_at, o.command_id, t.type, o.event_json, o.xact_id
    from old_rows o join {store}.event_types t on t.id = o.event_type_id
    left join new_rows n on n.aggregate_id = o.aggregate_id and n.sequence_number = o.sequence_number
   where n.aggregate_id is null
      or (n.created_at, n.event_type_id, n.event_json) is distinct from (o.created_at, o.event_type_id, o.event_json);
  return null;
end
$$;

create trigger save_deleted_events after delete on {store}.events
  referencing old table as old_rows for each statement execute function {store}.save_deleted_events();

create trigger save_updated_events after update on {store}.events
  referencing old table as old_rows new table as new_rows
  for each statement execute function {store}.save_updated_events();
