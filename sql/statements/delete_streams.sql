-- Deletes the streams {ids} with all that belongs to them. They and their marks are locked already, by statements
-- before this one: what their writers, and those who take snapshots, committed until then is seen. A moved stream's
-- events are looked for under its other partition keys, too.
with stream as (
  select aggregate_id, events_partition_key from {store}.aggregates where aggregate_id = any({ids})
), place as (
  select events_partition_key as partition_key, aggregate_id from stream
  union select old_partition_key, aggregate_id from {store}.partition_key_changes where aggregate_id = any({ids})
  union select new_partition_key, aggregate_id from {store}.partition_key_changes where aggregate_id = any({ids})
), events as (
  delete from {store}.events e using place
   where e.partition_key = place.partition_key and e.aggregate_id = place.aggregate_id
  returning 1
), keys as (
  delete from {store}.aggregate_unique_keys where aggregate_id = any({ids})
), marks as (
  delete from {store}.aggregates_that_need_snapshots where aggregate_id = any({ids})
), snapshots as (
  delete from {store}.snapshot_records where aggregate_id = any({ids})
), moves as (
  delete from {store}.partition_key_changes where aggregate_id = any({ids})
), streams as (
  delete from {store}.aggregates where aggregate_id = any({ids}) returning 1
)
select (select count(*) from streams), (select count(*) from events)
