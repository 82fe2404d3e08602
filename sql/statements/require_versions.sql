-- Raises SR004 unless the last events of aggregates ($1) have these numbers ($2; 0: there is no such aggregate), and they are of
-- these editions ($3; null: nobody relies on one): one that was deleted and made anew may have as many events, and so has one whose
-- events were changed by hand. Those that are to stay so are locked by a statement before this one.
prepare seriatim_require_versions (uuid[], integer[], xid[]) as
select {store}.raise('SR004', 'aggregate ' || v.aggregate_id || ' is not at event ' || v.version ||
                              ', or has changed since it was read')
  from unnest($1, $2, $3) as v (aggregate_id, version, edition)
  left join {store}.aggregates a on a.aggregate_id = v.aggregate_id
 where a.xmin <> v.edition
    or v.version <> coalesce(
   (select e.sequence_number
      from {store}.events e
     where e.partition_key = a.events_partition_key and e.aggregate_id = v.aggregate_id
     order by e.sequence_number desc
     limit 1), 0)
 limit 1
