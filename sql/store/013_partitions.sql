-- As in 012_editions.sql, for partitions at all levels: a statement may name a partition of a partition as well.
create or replace function {store}.protect_event_partitions() returns void
language plpgsql as $$
declare
  part record;
begin
  -- The lock of installers: two that protect a partition at once would both find that it lacks triggers.
  perform pg_catalog.pg_advisory_xact_lock(8315161591632454509);
  for part in
    select tree.relid as name, wanted.trigger
      from pg_catalog.pg_partition_tree('{store}.events'::regclass) tree
      join pg_catalog.pg_class c on c.oid = tree.relid and c.relkind in ('r', 'p')
     cross join (values (1, 'save_deleted_events'), (2, 'save_updated_events'), (3, 'refuse_truncation'),
                        (4, 'renew_edition_of_deleted'), (5, 'renew_edition_of_updated')) as wanted (place, trigger)
     where tree.level > 0
       and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = tree.relid and t.tgname = wanted.trigger)
     order by tree.relid, wanted.place
  loop
    execute pg_catalog.format(
      'create trigger %I %s on %s %s for each statement execute function {store}.%I()', part.trigger,
      case when part.trigger = 'refuse_truncation' then 'before truncate'
           when part.trigger like '%deleted%' then 'after delete' else 'after update' end,
      part.name,
      case when part.trigger = 'refuse_truncation' then ''
           when part.trigger like '%deleted%' then 'referencing old table as old_rows'
           else 'referencing old table as old_rows new table as new_rows' end,
      part.trigger);
  end loop;
end
$$;
