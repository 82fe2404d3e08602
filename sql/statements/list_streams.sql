-- A block of streams in the order of their ids, behind {after} (null: from the first), of one type ({type}; null: of all).
select a.aggregate_id, t.type, a.events_partition_key, a.created_at
  from {store}.aggregates a join {store}.aggregate_types t on t.id = a.aggregate_type_id
 where ({after} is null or a.aggregate_id > {after})
   and ({type} is null or a.aggregate_type_id = (select id from {store}.aggregate_types where type = {type}))
 order by a.aggregate_id
 limit {limit}
