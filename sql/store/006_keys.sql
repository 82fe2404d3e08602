-- Gives aggregates other keys in scopes, null for none, and returns the keys that are refused because another aggregate has
-- them, with that aggregate. The caller has the aggregates locked.
--
-- Old keys go first, so that aggregates of one transaction may swap theirs. Two transactions could wait for each other's
-- keys then, whatever their order: so each first locks all keys that it takes or gives up, in one order for all.
create function {store}.change_unique_keys(ids uuid[], scopes text[], keys jsonb[])
returns table (refused_aggregate uuid, refused_scope text, refused_key jsonb, holder uuid)
language plpgsql as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(1936028522, touched.number)
     from (select distinct pg_catalog.hashtext(k.scope || ' ' || k.key::text) as number
             from (select new.scope, new.key from unnest(scopes, keys) as new (scope, key) where new.key is not null
                   union all
                   select old.scope, old.key
                     from unnest(ids, scopes) as c (aggregate_id, scope)
                     join {store}.aggregate_unique_keys old using (aggregate_id, scope)) k
            order by number) touched;

  delete from {store}.aggregate_unique_keys old using unnest(ids, scopes) as c (aggregate_id, scope)
   where old.aggregate_id = c.aggregate_id and old.scope = c.scope;

  for refused_aggregate, refused_scope, refused_key in
    with wanted as (
      select * from unnest(ids, scopes, keys) as w (aggregate_id, scope, key) where w.key is not null
    ), stored as (
      insert into {store}.aggregate_unique_keys (aggregate_id, scope, key)
      select w.aggregate_id, w.scope, w.key from wanted w order by w.scope, w.key, w.aggregate_id
          on conflict (scope, key) do nothing
      returning aggregate_id, scope
    )
    select w.aggregate_id, w.scope, w.key from wanted w
     where not exists (select from stored s where s.aggregate_id = w.aggregate_id and s.scope = w.scope)
     order by w.scope, w.key, w.aggregate_id
  loop
    holder := (select k.aggregate_id from {store}.aggregate_unique_keys k
                where k.scope = refused_scope and k.key = refused_key);
    return next;
  end loop;
end
$$;

-- Whether an event is there, as of now and not of the calling statement's snapshot.
create function {store}.event_exists(partition text, aggregate uuid, number integer) returns boolean
language plpgsql as $$
begin
  return exists (select from {store}.events e
                  where e.partition_key = partition and e.aggregate_id = aggregate and e.sequence_number = number);
end
$$;

-- Moves the events of an aggregate to the partition that is recorded for it; returns how many, or null when nothing is
-- recorded. Writers of the aggregate wait; who reads sees all events, before as well as after.
create function {store}.move_partition(aggregate uuid) returns bigint
language plpgsql as $$
declare
  old_key text;
  new_key text;
  moved bigint := 0;
begin
  select a.events_partition_key into old_key from {store}.aggregates a where a.aggregate_id = aggregate for update;
  delete from {store}.partition_key_changes c where c.aggregate_id = aggregate returning c.new_partition_key into new_key;
  if old_key is null or new_key is null then
    return null;
  end if;
  update {store}.events e set partition_key = new_key where e.partition_key = old_key and e.aggregate_id = aggregate;
  get diagnostics moved = row_count;
  update {store}.aggregates a set events_partition_key = new_key where a.aggregate_id = aggregate;
  return moved;
end
$$;
