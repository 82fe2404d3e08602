-- Locks the aggregates that several commands of one transaction change, in the order of their ids, before the first of
-- them appends: two such transactions then wait for each other instead of deadlocking.
prepare seriatim_lock_aggregates (uuid[]) as
select from {store}.aggregates where aggregate_id = any($1) order by aggregate_id for no key update
