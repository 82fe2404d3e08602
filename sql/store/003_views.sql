-- Reading views: the whole messages again, with the names of their types.
create view {store}.event_records as
select e.aggregate_id, e.partition_key, e.sequence_number, e.created_at, t.type as event_type,
       jsonb_build_object('aggregate_id', e.aggregate_id, 'sequence_number', e.sequence_number,
                          'created_at', {store}.json_timestamp(e.created_at)) || e.event_json as event_json,
       e.command_id as command_record_id, e.xact_id
  from {store}.events e join {store}.event_types t on t.id = e.event_type_id;

create view {store}.command_records as
select c.id, c.user_id, c.aggregate_id, t.type as command_type,
       jsonb_build_object('command_type', t.type, 'created_at', {store}.json_timestamp(c.created_at),
                          'user_id', c.user_id, 'aggregate_id', c.aggregate_id,
                          'event_aggregate_id', c.event_aggregate_id,
                          'event_sequence_number', c.event_sequence_number) || c.command_json as command_json,
       c.created_at, c.event_aggregate_id, c.event_sequence_number
  from {store}.commands c join {store}.command_types t on t.id = c.command_type_id;

create view {store}.stream_records as
select a.aggregate_id, a.events_partition_key, t.type as aggregate_type, a.created_at
  from {store}.aggregates a join {store}.aggregate_types t on t.id = a.aggregate_type_id;
