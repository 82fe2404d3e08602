-- Raises SR004 unless the last events of aggregates ($1) have these numbers ($2; 0: there is no such aggregate). Those that are
-- to stay so are locked by a statement before this one.
prepare seriatim_require_versions (uuid[], integer[]) as
select {store}.raise('SR004', 'aggregate ' || v.aggregate_id || ' is not at event ' || v.version)
  from unnest($1, $2) as v (aggregate_id, version)
 where v.version <> coalesce(
   (select e.sequence_number
      from {store}.events e
     where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = v.aggregate_id)
       and e.aggregate_id = v.aggregate_id
     order by e.sequence_number desc
     limit 1), 0)
 limit 1
