-- The number of the last event of an aggregate; 0 when there is none.
prepare seriatim_stream_version (uuid) as
select coalesce(max(e.sequence_number), 0)
  from {store}.events e
 where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $1)
   and e.aggregate_id = $1
