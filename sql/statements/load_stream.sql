-- The first {portion} events of one aggregate, oldest first. The inner query depends on the aggregate's row, of which there is
-- one, so it is run once, and the index gives the order: nothing is sorted, and nothing looked up twice.
prepare seriatim_load_stream (uuid) as
select a.aggregate_type_id, e.sequence_number, e.event_type_id, e.event_json{edition}
  from {store}.aggregates a
 cross join lateral (select e.sequence_number, e.event_type_id, e.event_json
                       from {store}.events e
                      where e.partition_key = a.events_partition_key and e.aggregate_id = $1
                      order by e.sequence_number
                      limit {portion}) e
 where a.aggregate_id = $1
