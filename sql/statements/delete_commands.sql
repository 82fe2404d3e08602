-- Deletes commands that have no events (any more): those of the aggregates {ids}, or of all when {ids} is null.
with deleted as (
  delete from {store}.commands c
   where ({ids} is null or c.aggregate_id = any({ids}))
     and not exists (select from {store}.events e where e.command_id = c.id)
  returning 1
)
select count(*) from deleted
