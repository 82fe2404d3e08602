-- Notes which event types the streams of each aggregate type hold. Reads all events. A row for each that was new.
insert into {store}.stream_event_types (aggregate_type_id, event_type_id)
select distinct a.aggregate_type_id, e.event_type_id
  from {store}.events e
  join {store}.aggregates a on a.events_partition_key = e.partition_key and a.aggregate_id = e.aggregate_id
on conflict do nothing
returning 1
