-- Several aggregates ($1) at once, in the order given: of each the place in $1, then what load_snapshot reads of it with
-- version $2 and type $3, but at most $4 events.
prepare seriatim_load_streams (uuid[], integer, text, integer) as
select wanted.place, a.aggregate_type_id, stream.sequence_number, stream.event_type_id, stream.json{edition}
  from unnest($1) with ordinality as wanted (aggregate_id, place)
  join {store}.aggregates a on a.aggregate_id = wanted.aggregate_id
  left join lateral (
    select s.sequence_number, s.snapshot_json
      from {store}.snapshot_records s
     where s.aggregate_id = a.aggregate_id and s.snapshot_version = $2 and s.snapshot_type = $3
       and exists (select from {store}.events e
                    where e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
                      and e.sequence_number = s.sequence_number - 1)
     order by s.sequence_number desc
     limit 1
  ) snapshot on true
 cross join lateral (
    select snapshot.sequence_number - 1, null::smallint, snapshot.snapshot_json
     where snapshot.sequence_number is not null
     union all
    (select e.sequence_number, e.event_type_id, e.event_json
       from {store}.events e
      where e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id
        and e.sequence_number >= coalesce(snapshot.sequence_number, 1)
      order by e.sequence_number
      limit $4)
  ) stream (sequence_number, event_type_id, json)
 order by wanted.place, stream.sequence_number
