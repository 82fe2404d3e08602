-- All events of one aggregate, oldest first.
prepare seriatim_load_stream (uuid) as
select a.aggregate_type_id, e.sequence_number, e.created_at, e.event_type_id, e.event_json
  from {store}.aggregates a
  join {store}.events e on e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
 where a.aggregate_id = $1
 order by e.sequence_number
