-- Several aggregates ($1) at once, in the order given: of each the place in $1, its edition, and what load_snapshot reads of it,
-- but at most $5 events. The types that have snapshots are told by id ($2), version ($3) and name ($4).
prepare seriatim_load_streams (uuid[], smallint[], integer[], text[], integer) as
select wanted.place, a.aggregate_type_id, stream.sequence_number, stream.event_type_id, stream.json, a.xmin as edition
  from unnest($1) with ordinality as wanted (aggregate_id, place)
  join {store}.aggregates a on a.aggregate_id = wanted.aggregate_id
  left join lateral (
    select s.sequence_number, s.snapshot_json
      from unnest($2, $3, $4) as policy (aggregate_type_id, version, type)
      join {store}.snapshot_records s
        on s.aggregate_id = a.aggregate_id and s.snapshot_version = policy.version and s.snapshot_type = policy.type
     where policy.aggregate_type_id = a.aggregate_type_id
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
      limit $5)
  ) stream (sequence_number, event_type_id, json)
 order by wanted.place, stream.sequence_number
