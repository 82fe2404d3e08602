-- As load_stream, but beginning with the newest snapshot of version $2 and type $3, which has no event type, and the events
-- from its number on. A snapshot whose last event is not there (the stream was deleted, or restored from a copy) is none.
prepare seriatim_load_snapshot (uuid, integer, text) as
with aggregate as materialized (
  select a.aggregate_type_id, a.events_partition_key{edition} from {store}.aggregates a where a.aggregate_id = $1
), snapshot as materialized (
  select s.sequence_number, s.snapshot_json
    from {store}.snapshot_records s
   where s.aggregate_id = $1 and s.snapshot_version = $2 and s.snapshot_type = $3
     and exists (select from {store}.events e
                  where e.partition_key = (select events_partition_key from aggregate) and e.aggregate_id = $1
                    and e.sequence_number = s.sequence_number - 1)
   order by s.sequence_number desc
   limit 1
)
select (select aggregate_type_id from aggregate), s.sequence_number - 1 as sequence_number, null::smallint,
       s.snapshot_json{its_edition}
  from snapshot s
 union all
(select (select aggregate_type_id from aggregate), e.sequence_number, e.event_type_id, e.event_json{its_edition}
   from {store}.events e
  where e.partition_key = (select events_partition_key from aggregate)
    and e.aggregate_id = $1
    and e.sequence_number >= coalesce((select sequence_number from snapshot), 1)
  order by e.sequence_number
  limit {portion})
 order by sequence_number
