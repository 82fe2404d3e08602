-- Marks aggregate $1: a snapshot of version $2 is due. An aggregate that is marked already keeps its place in the queue.
prepare seriatim_snapshot_mark (uuid, integer) as
insert into {store}.aggregates_that_need_snapshots as mark (aggregate_id, snapshot_version, snapshot_outdated_at)
values ($1, $2, now())
on conflict (aggregate_id, snapshot_version) do update
   set snapshot_outdated_at = excluded.snapshot_outdated_at
 where mark.snapshot_outdated_at is null
