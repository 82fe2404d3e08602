-- Statement triggers of a partitioned table do not see statements that name one of its partitions, so every partition of
-- events has its own: what is deleted or changed there is archived as well. To be called again when a partition is added;
-- does nothing for those that have the triggers already.
create function {store}.protect_event_partitions() returns void
language plpgsql as $$
declare
  part record;
begin
  for part in
    select i.inhrelid::regclass as name
      from pg_catalog.pg_inherits i
     where i.inhparent = '{store}.events'::regclass
       and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = i.inhrelid and t.tgname = 'save_deleted_events')
  loop
    execute pg_catalog.format('create trigger save_deleted_events after delete on %s referencing old table as old_rows '
                              'for each statement execute function {store}.save_deleted_events()', part.name);
    execute pg_catalog.format('create trigger save_updated_events after update on %s referencing old table as old_rows '
                              'new table as new_rows for each statement execute function {store}.save_updated_events()',
                              part.name);
    execute pg_catalog.format('create trigger refuse_truncation before truncate on %s '
                              'for each statement execute function {store}.refuse_truncation()', part.name);
  end loop;
end
$$;

-- TRUNCATE shows no trigger what it removes, so nothing could be archived.
create function {store}.refuse_truncation() returns trigger
language plpgsql as $$
begin
  raise exception 'events are not truncated, because nothing would archive them: delete them instead'
    using errcode = 'object_not_in_prerequisite_state';
end
$$;

create trigger refuse_truncation before truncate on {store}.events
  for each statement execute function {store}.refuse_truncation();

select {store}.protect_event_partitions();

-- Types are registered under the next free id, and their sequences follow.
do $$
declare
  types record;
begin
  for types in select unnest(array['aggregate_types', 'command_types', 'event_types']) as name loop
    execute pg_catalog.format('grant usage, update on sequence %s to {application_role}',
                              pg_catalog.pg_get_serial_sequence('{store}.' || types.name, 'id'));
  end loop;
end
$$;
