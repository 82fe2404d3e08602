-- Raises SR004 unless aggregates ($1) still end with these events ($2), and are of these editions ($3): one that was deleted
-- and made again under the same id has another, and so has one whose events were changed by hand.
prepare seriatim_require_kept (uuid[], integer[], xid[]) as
select {store}.raise('SR004', 'aggregate ' || kept.aggregate_id || ' has changed since it was kept in memory')
  from unnest($1, $2, $3) as kept (aggregate_id, version, edition)
  left join {store}.aggregates a on a.aggregate_id = kept.aggregate_id and a.xmin = kept.edition
 where a.aggregate_id is null
    or exists (select from {store}.events e
                where e.partition_key = a.events_partition_key and e.aggregate_id = kept.aggregate_id
                  and e.sequence_number = kept.version + 1)
 limit 1
