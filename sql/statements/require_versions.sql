-- Raises SR004 unless the last events of aggregates ($1) have these numbers ($2; 0: there is no such aggregate), and they are the
-- ones that were created then ($3; null: nobody knows): one that was deleted and made anew may have as many events. Those that
-- are to stay so are locked by a statement before this one.
prepare seriatim_require_versions (uuid[], integer[], timestamptz[]) as
select {store}.raise('SR004', 'aggregate ' || v.aggregate_id || ' is not at event ' || v.version)
  from unnest($1, $2, $3) as v (aggregate_id, version, created_at)
  left join {store}.aggregates a on a.aggregate_id = v.aggregate_id
 where a.created_at <> v.created_at
    or v.version <> coalesce(
   (select e.sequence_number
      from {store}.events e
     where e.partition_key = a.events_partition_key and e.aggregate_id = v.aggregate_id
     order by e.sequence_number desc
     limit 1), 0)
 limit 1
