-- Gives aggregates other keys, as change_unique_keys does, and tells which are refused, and who has them.
select t.type, r.refused_aggregate, r.refused_scope, r.refused_key::text, r.holder
  from {store}.change_unique_keys{arguments} r
  join {store}.aggregates a on a.aggregate_id = r.refused_aggregate
  join {store}.aggregate_types t on t.id = a.aggregate_type_id
 order by r.refused_scope, r.refused_key, r.refused_aggregate
