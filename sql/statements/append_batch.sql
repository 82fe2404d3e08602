-- Stores the commands of a batch ($1 to $7) in their order, and their events ($8 to $13), each with the place of its command.
-- The statements before this one have locked the aggregates, checked their versions and created the new ones, so that what is
-- seen here is the newest there is. Ids rise in the order of the commands: they are given out above the sort.
prepare seriatim_append_batch (
  timestamptz[], uuid[], uuid[], smallint[], jsonb[], uuid[], integer[],
  uuid[], integer[], smallint[], jsonb[], integer[], timestamptz[]
) as
with command as (
  insert into {store}.commands (created_at, user_id, aggregate_id, command_type_id, command_json, event_aggregate_id,
                                event_sequence_number)
  select c.created_at, c.user_id, c.aggregate_id, c.command_type_id, c.command_json, c.event_aggregate_id,
         c.event_sequence_number
    from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
           as c (created_at, user_id, aggregate_id, command_type_id, command_json, event_aggregate_id,
                 event_sequence_number, place)
   order by c.place
  returning id
), numbered as (
  select array_agg(id order by id) as ids from command
)
insert into {store}.events (aggregate_id, partition_key, sequence_number, created_at, command_id, event_type_id,
                            event_json)
select e.aggregate_id,
       (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = e.aggregate_id),
       e.sequence_number, e.created_at, numbered.ids[e.command], e.event_type_id, e.event_json
  from unnest($8, $9, $10, $11, $12, $13)
         as e (aggregate_id, sequence_number, event_type_id, event_json, command, created_at)
 cross join numbered
