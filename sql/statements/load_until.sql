-- The number of the last event of aggregate $1 before the first one that is later than $2; NULL without such an aggregate.
prepare seriatim_load_until (uuid, timestamptz) as
select coalesce(min(e.sequence_number) filter (where e.created_at > $2) - 1, max(e.sequence_number))
  from {store}.events e
 where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $1)
   and e.aggregate_id = $1
