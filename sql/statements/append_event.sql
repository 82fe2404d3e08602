-- The common case of append_events, for speed: a command ($1 created_at, {user}, $2 aggregate, $3 type, $4 attributes) that
-- nothing caused, and one event ($6 type, {event_json}) of the same instant, which follows event $5 of the same aggregate.
-- Each parameter costs the server time, so a command without a user has none for it, and an event with the attributes of its
-- command shares theirs. Only for a stream whose event $5 is known to be there. The
-- columns are computed in their order, so the aggregate is locked before anything else happens to it, and another writer's
-- event $5 + 1 fails on the primary key. The last parameter is the edition of the aggregate, where the program knows it: of one
-- that was kept in memory and not loaded, no partition is found in another edition, which fails; of one that was loaded, only
-- when event $5 is gone, because the aggregate was deleted since, and perhaps made again. The change of a view row may join, which saves a statement; a
-- row that must be there is asked for where the event's type is computed.
with command as (
  insert into {store}.commands (created_at, user_id, aggregate_id, command_type_id, command_json)
  values ($1, {user}, $2, $3, $4)
  returning id
){changed}
insert into {store}.events (aggregate_id, partition_key, sequence_number, created_at, command_id, event_type_id,
                            event_json)
select $2,
       (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $2{edition} for no key update),
       $5 + 1, $1, command.id, {type}, {event_json}
  from command
