-- Stores new aggregates: ids ($1), types ($2), partition keys ($3), when ($4). In the order of their ids, as they are locked.
prepare seriatim_create_aggregates (uuid[], smallint[], text[], timestamptz[]) as
insert into {store}.aggregates (aggregate_id, aggregate_type_id, events_partition_key, created_at)
select * from unnest($1, $2, $3, $4) as a (aggregate_id, aggregate_type_id, events_partition_key, created_at)
 order by aggregate_id
