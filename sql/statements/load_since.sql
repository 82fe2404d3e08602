-- What is new of one aggregate ($1) that is kept in memory as it was after event $2: its edition, which tells whether the kept
-- state is of any use, in a row of its own when nothing is new, and the first {portion} events after that one, oldest first.
prepare seriatim_load_since (uuid, integer) as
select a.aggregate_type_id, e.sequence_number, e.event_type_id, e.event_json, a.xmin as edition
  from {store}.aggregates a
  left join lateral (select e.sequence_number, e.event_type_id, e.event_json
                       from {store}.events e
                      where e.partition_key = a.events_partition_key and e.aggregate_id = $1 and e.sequence_number > $2
                      order by e.sequence_number
                      limit {portion}) e on true
 where a.aggregate_id = $1
