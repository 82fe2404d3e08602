-- Marks all aggregates that ever were; runs after snapshot_delete_all, so that what was deleted is taken again.
update {store}.aggregates_that_need_snapshots
   set snapshot_outdated_at = now(), snapshot_sequence_number_high_water_mark = null
 where snapshot_outdated_at is null
