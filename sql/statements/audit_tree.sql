-- The command {command} and all that followed from it: a row for each event of each of these commands (one without event
-- columns for a command that has none), commands in the order of their ids.
with recursive down (id) as (
  select id from {store}.commands where id = {command}
  union
  select c.id
    from down
    join {store}.events e on e.command_id = down.id
    join {store}.commands c on c.event_aggregate_id = e.aggregate_id and c.event_sequence_number = e.sequence_number
)
select c.id, ct.type, c.aggregate_id, c.user_id, c.created_at, c.command_json, c.event_aggregate_id,
       c.event_sequence_number, e.aggregate_id, e.sequence_number, e.created_at, et.type, e.event_json
  from down
  join {store}.commands c on c.id = down.id
  join {store}.command_types ct on ct.id = c.command_type_id
  left join {store}.events e on e.command_id = c.id
  left join {store}.event_types et on et.id = e.event_type_id
 order by c.id, e.aggregate_id, e.sequence_number
