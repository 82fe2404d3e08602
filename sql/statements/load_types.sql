-- The types of those of the given aggregates that are stored.
select a.aggregate_id, t.type
  from {store}.aggregates a join {store}.aggregate_types t on t.id = a.aggregate_type_id
 where a.aggregate_id = any ({ids}::uuid[])
 order by a.aggregate_id
