-- The aggregate that has a key in a scope.
select k.aggregate_id
  from (values ({arguments}::jsonb)) as wanted (scope, key)
  join {store}.aggregate_unique_keys k on k.scope = wanted.scope and k.key = wanted.key
