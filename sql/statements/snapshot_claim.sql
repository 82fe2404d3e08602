-- The aggregate that was marked longest ago, of the policies given (aggregate type, version); locked, so that others take
-- the next one. {failed}: those that could not be taken before. Gives also the place of its policy, from 1.
select mark.aggregate_id, policy.place
  from {store}.aggregates_that_need_snapshots mark
  join {store}.aggregates a on a.aggregate_id = mark.aggregate_id
  join unnest({types}::smallint[], {versions}::integer[]) with ordinality as policy (aggregate_type_id, version, place)
    on policy.aggregate_type_id = a.aggregate_type_id and policy.version = mark.snapshot_version
 where mark.snapshot_outdated_at is not null
   and mark.aggregate_id <> all ({failed}::uuid[])
 order by mark.snapshot_outdated_at, mark.snapshot_sequence_number_high_water_mark desc, mark.aggregate_id
 limit 1
   for update of mark skip locked
