-- Raises SR004 unless the last event of an aggregate ($1) has a number ($2). The aggregate is locked by a statement before
-- this one, so that what is seen here is the newest there is, and stays it.
prepare seriatim_require_version (uuid, integer) as
select {store}.raise('SR004', 'aggregate ' || $1 || ' is at event ' || version || ', not at ' || $2)
  from (select coalesce(max(e.sequence_number), 0) as version
          from {store}.events e
         where e.partition_key = (select a.events_partition_key from {store}.aggregates a where a.aggregate_id = $1)
           and e.aggregate_id = $1) stream
 where version <> $2
