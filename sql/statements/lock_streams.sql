-- Locks streams against their writers before they are deleted, in the order of their ids as everywhere; {ids} is an array.
select aggregate_id from {store}.aggregates where aggregate_id = any({ids}) order by aggregate_id for update
