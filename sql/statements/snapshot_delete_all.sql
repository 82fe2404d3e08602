-- Deletes all snapshots; gives their number.
with deleted as (delete from {store}.snapshot_records returning 1)
select count(*) from deleted
