-- Stores a snapshot in place of older ones of its version and type, and takes the mark away. It counts from the event after
-- its last one on.
with stored as (
  insert into {store}.snapshot_records (aggregate_id, snapshot_version, sequence_number, created_at, snapshot_type,
                                        snapshot_json)
  values ({id}, {version}, {next}, now(), {type}, {json})
  on conflict (aggregate_id, snapshot_version, sequence_number) do update
     set created_at = excluded.created_at, snapshot_type = excluded.snapshot_type,
         snapshot_json = excluded.snapshot_json
), replaced as (
  delete from {store}.snapshot_records
   where aggregate_id = {id} and snapshot_version = {version} and snapshot_type = {type} and sequence_number <> {next}
)
update {store}.aggregates_that_need_snapshots
   set snapshot_outdated_at = null, snapshot_scheduled_at = null, snapshot_sequence_number_high_water_mark = {next}
 where aggregate_id = {id} and snapshot_version = {version}
