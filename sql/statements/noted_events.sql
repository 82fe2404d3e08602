-- The event types that aggregates of the types {aggregates} may hold, as far as programs have noted them.
select distinct n.type as event_type
  from {store}.stream_event_types s
  join {store}.aggregate_types t on t.id = s.aggregate_type_id
  join {store}.event_types n on n.id = s.event_type_id
 where t.type = any({aggregates}::text[])
