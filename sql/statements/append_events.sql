-- Stores a command ($1 to $7) and its events: streams ($8 to $10: id, type, version; $15: partition key of the new
-- ones; $17: whether the program has loaded it up to that version) and events ($11 to $14) at $16.
-- The aggregates are locked in the order of their ids, so that writers never deadlock on them. A stream that another
-- writer continued first fails on the primary key of events. A gap raises SR001, or SR004 when the program has seen the event
-- that is missing: then the aggregate was deleted meanwhile. One that was moved to another partition while this waited for the
-- lock has its events where the statement's snapshot does not show them: event_exists looks anew.
prepare seriatim_append_events (
  timestamptz, uuid, uuid, smallint, jsonb, uuid, integer,
  uuid[], smallint[], integer[],
  uuid[], integer[], smallint[], jsonb[],
  text[], timestamptz, boolean[]
) as
with stream as (
  select * from unnest($8, $9, $10, $15, $17) as s (aggregate_id, aggregate_type_id, version, partition_key, loaded)
), created as (
  insert into {store}.aggregates (aggregate_id, events_partition_key, aggregate_type_id, created_at)
  select aggregate_id, partition_key, aggregate_type_id, $16 from stream where version = 0 order by aggregate_id
  returning aggregate_id, events_partition_key, true as continues
), locked as (
  select a.aggregate_id, a.events_partition_key,
         exists (select from {store}.events e
                  where e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
                    and e.sequence_number = stream.version)
           or {store}.event_exists(a.events_partition_key, a.aggregate_id, stream.version) as continues
    from stream join {store}.aggregates a using (aggregate_id)
   where stream.version > 0
   order by a.aggregate_id
     for no key update of a
), command as (
  insert into {store}.commands (created_at, user_id, aggregate_id, command_type_id, command_json, event_aggregate_id,
                                event_sequence_number)
  values ($1, $2, $3, $4, $5, $6, $7)
  returning id
)
insert into {store}.events (aggregate_id, partition_key, sequence_number, created_at, command_id, event_type_id,
                            event_json)
select e.aggregate_id,
       case when a.continues then a.events_partition_key
            when stream.loaded
            then {store}.raise('SR004', 'aggregate ' || e.aggregate_id || ' was deleted since it was loaded')
            else {store}.raise('SR001', 'events do not continue the stream of aggregate ' || e.aggregate_id) end,
       e.sequence_number, $16, command.id, e.event_type_id, e.event_json
  from unnest($11, $12, $13, $14) as e (aggregate_id, sequence_number, event_type_id, event_json)
 cross join command
  join stream using (aggregate_id)
  left join (select * from created union all select * from locked) a using (aggregate_id)
 order by e.aggregate_id, e.sequence_number
