-- Waits for those who take snapshots of the aggregates {ids}, an array, before their streams are deleted: they hold the
-- aggregate's mark and nothing else. As writers do, after the aggregates' own rows, and in the order of ids.
select from {store}.aggregates_that_need_snapshots
 where aggregate_id = any({ids})
 order by aggregate_id, snapshot_version
   for update
