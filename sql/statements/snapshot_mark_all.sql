-- Marks all aggregates that ever were marked, so that the snapshots that are deleted are taken again.
update {store}.aggregates_that_need_snapshots
   set snapshot_outdated_at = now(), snapshot_sequence_number_high_water_mark = null
 where snapshot_outdated_at is null
