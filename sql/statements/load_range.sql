-- The first {portion} events of aggregate $1 after event $2 and up to event $3, oldest first.
prepare seriatim_load_range (uuid, integer, integer) as
select (select a.aggregate_type_id from {store}.aggregates a where a.aggregate_id = $1),
       e.sequence_number, e.event_type_id, e.event_json
  from {store}.events e
 where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $1)
   and e.aggregate_id = $1
   and e.sequence_number > $2
   and e.sequence_number <= $3
 order by e.sequence_number
 limit {portion}
