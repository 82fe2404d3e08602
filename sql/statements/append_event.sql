-- The common case of append_events, for speed: a command ($1 created_at, $2 user, $3 aggregate, $4 type, $5 attributes) that
-- nothing caused, and one event ($7 type, $8 attributes) of the same instant, which follows event $6 of the same aggregate.
-- Only for a stream that this transaction has loaded, so that event $6 is known to be there. The columns are computed in
-- their order, so the aggregate is locked before anything else happens to it, and another writer's event $6 + 1 fails on the
-- primary key. The change of a view row may join, which saves a statement; a row that must be there is asked for where the
-- event's type is computed.
with command as (
  insert into {store}.commands (created_at, user_id, aggregate_id, command_type_id, command_json)
  values ($1, $2, $3, $4, $5)
  returning id
){changed}
insert into {store}.events (aggregate_id, partition_key, sequence_number, created_at, command_id, event_type_id,
                            event_json)
select $3,
       (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $3 for no key update),
       $6 + 1, $1, command.id, {type}, $8
  from command
