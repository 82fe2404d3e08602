-- The common case of append_events, for speed: one event that continues one stream. $1 to $7 command, $8 aggregate,
-- $9 version, $10 event type, $11 attributes, $12 instant. The aggregate is locked first; the rest as there. {more} is
-- empty, or the change of a view row that saves a statement by joining this one; it waits for `appended`.
with command as (
  insert into {store}.commands (created_at, user_id, aggregate_id, command_type_id, command_json, event_aggregate_id,
                                event_sequence_number)
  values ($1, $2, $3, $4, $5, $6, $7)
  returning id
), appended as (
  insert into {store}.events (aggregate_id, partition_key, sequence_number, created_at, command_id, event_type_id,
                              event_json)
  select $8,
         coalesce((select e.partition_key from {store}.events e
                    where e.partition_key = (select a.events_partition_key from {store}.aggregates a
                                              where a.aggregate_id = $8 for no key update)
                      and e.aggregate_id = $8 and e.sequence_number = $9),
                  {store}.raise('SR001', 'events do not continue the stream of aggregate ' || $8)),
         $9 + 1, $12, command.id, $10, $11
    from command
  returning 1
){more}
select {result}
