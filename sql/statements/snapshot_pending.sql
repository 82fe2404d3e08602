-- How many aggregates are marked, of the policies given (aggregate type, version).
select count(*)
  from {store}.aggregates_that_need_snapshots mark
  join {store}.aggregates a on a.aggregate_id = mark.aggregate_id
  join unnest({types}::smallint[], {versions}::integer[]) as policy (aggregate_type_id, version)
    on policy.aggregate_type_id = a.aggregate_type_id and policy.version = mark.snapshot_version
 where mark.snapshot_outdated_at is not null
