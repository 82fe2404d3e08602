-- The aggregates whose events are to be moved.
select aggregate_id from {store}.partition_key_changes order by aggregate_id
