-- The first {portion} events of one aggregate, oldest first. Two look-ups instead of a join, so that the index gives the
-- order and nothing is sorted.
prepare seriatim_load_stream (uuid) as
select (select a.aggregate_type_id from {store}.aggregates a where a.aggregate_id = $1),
       e.sequence_number, e.event_type_id, e.event_json
  from {store}.events e
 where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $1)
   and e.aggregate_id = $1
 order by e.sequence_number
 limit {portion}
