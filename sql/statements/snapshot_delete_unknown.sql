-- Deletes the snapshots and marks of the given aggregate types that are of other versions than theirs (0: they have none);
-- gives the number of snapshots.
with known as (
  select * from unnest({types}::smallint[], {versions}::integer[]) as known (aggregate_type_id, version)
), deleted as (
  delete from {store}.snapshot_records s
   using {store}.aggregates a, known k
   where a.aggregate_id = s.aggregate_id and k.aggregate_type_id = a.aggregate_type_id
     and s.snapshot_version <> k.version
  returning 1
), unmarked as (
  delete from {store}.aggregates_that_need_snapshots mark
   using {store}.aggregates a, known k
   where a.aggregate_id = mark.aggregate_id and k.aggregate_type_id = a.aggregate_type_id
     and mark.snapshot_version <> k.version
)
select count(*) from deleted
