-- Of the event types {undeclared}, those of which aggregates of the types {aggregates} hold an event. Looks for one event of
-- each type.
select t.type as aggregate_type, n.type as event_type
  from {store}.stream_event_types s
  join {store}.aggregate_types t on t.id = s.aggregate_type_id
  join {store}.event_types n on n.id = s.event_type_id
 where t.type = any({aggregates}::text[])
   and n.type = any({undeclared}::text[])
   and exists (select from {store}.events e
                 join {store}.aggregates a on a.events_partition_key = e.partition_key and a.aggregate_id = e.aggregate_id
                where e.event_type_id = s.event_type_id and a.aggregate_type_id = s.aggregate_type_id)
 order by 1, 2
