-- The event {sequence_number} of aggregate {aggregate}, with the id of its command.
select e.aggregate_id, e.sequence_number, e.created_at, t.type, e.event_json, e.command_id
  from {store}.aggregates a
  join {store}.events e on e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
  join {store}.event_types t on t.id = e.event_type_id
 where a.aggregate_id = {aggregate} and e.sequence_number = {sequence_number}
