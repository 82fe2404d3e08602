-- The command that everything began with: from command {command} up through the events that caused each. When an event on the
-- way is deleted, the topmost command that is there.
with recursive up (id, event_aggregate_id, event_sequence_number, height) as (
  select id, event_aggregate_id, event_sequence_number, 0 from {store}.commands where id = {command}
  union all
  select c.id, c.event_aggregate_id, c.event_sequence_number, up.height + 1
    from up
    join {store}.aggregates a on a.aggregate_id = up.event_aggregate_id
    join {store}.events e on e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
                         and e.sequence_number = up.event_sequence_number
    join {store}.commands c on c.id = e.command_id
) cycle id set is_cycle using path
select id from up where not is_cycle order by height desc limit 1
