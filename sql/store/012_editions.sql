-- Programs keep aggregates in memory, and make sure in each transaction that what they keep is still so: that no event
-- follows, and that the aggregate's row is the one that they saw. So where stored events are changed or deleted by hand, that
-- row is written anew, and nobody goes on with a state that was folded from other events.
--
-- With the rights of the store's owner: whoever may change events need not be allowed to change aggregates.
create function {store}.renew_edition_of_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update {store}.aggregates a set aggregate_type_id = a.aggregate_type_id
    from (select distinct o.aggregate_id from old_rows o) changed
   where a.aggregate_id = changed.aggregate_id;
  return null;
end
$$;

create function {store}.renew_edition_of_updated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update {store}.aggregates a set aggregate_type_id = a.aggregate_type_id
    from (select coalesce(o.aggregate_id, n.aggregate_id) as aggregate_id
            from old_rows o
            full join new_rows n on n.aggregate_id = o.aggregate_id and n.sequence_number = o.sequence_number
           where (n.aggregate_id, n.created_at, n.event_type_id, n.event_json)
                 is distinct from (o.aggregate_id, o.created_at, o.event_type_id, o.event_json)) changed
   where a.aggregate_id = changed.aggregate_id;
  return null;
end
$$;

create trigger renew_edition_of_deleted after delete on {store}.events
  referencing old table as old_rows for each statement execute function {store}.renew_edition_of_deleted();

create trigger renew_edition_of_updated after update on {store}.events
  referencing old table as old_rows new table as new_rows
  for each statement execute function {store}.renew_edition_of_updated();

-- As in 007_protection.sql, with these two.
create or replace function {store}.protect_event_partitions() returns void
language plpgsql as $$
declare
  part record;
begin
  for part in
    select i.inhrelid::regclass as name, wanted.trigger
      from pg_catalog.pg_inherits i
     cross join (values (1, 'save_deleted_events'), (2, 'save_updated_events'), (3, 'refuse_truncation'),
                        (4, 'renew_edition_of_deleted'), (5, 'renew_edition_of_updated')) as wanted (place, trigger)
     where i.inhparent = '{store}.events'::regclass
       and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = i.inhrelid and t.tgname = wanted.trigger)
     order by i.inhrelid, wanted.place
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

select {store}.protect_event_partitions();
