-- Records that the events of aggregates ($1) belong in other partitions ($2) than they are in. One that went back to where
-- its events are has nothing to be moved. The caller has the aggregates locked.
(uuid[], text[]) as
with wanted as (
  select a.aggregate_id, a.events_partition_key as old_key, w.key as new_key
    from unnest($1, $2) as w (aggregate_id, key) join {store}.aggregates a using (aggregate_id)
), forgotten as (
  delete from {store}.partition_key_changes c using wanted
   where c.aggregate_id = wanted.aggregate_id and wanted.old_key = wanted.new_key
)
insert into {store}.partition_key_changes (aggregate_id, old_partition_key, new_partition_key)
select aggregate_id, old_key, new_key from wanted where old_key <> new_key order by aggregate_id
    on conflict (aggregate_id) do update
   set old_partition_key = excluded.old_partition_key, new_partition_key = excluded.new_partition_key, updated_at = now()
