-- How the keys that some aggregates ({block}) should have, and no others, differ from those that are stored: the changes
-- that make them the same.
select coalesce(w.aggregate_id, k.aggregate_id), coalesce(w.scope, k.scope), w.key::text
  from unnest{arguments} as w (aggregate_id, scope, key)
  full join (select * from {store}.aggregate_unique_keys stored where stored.aggregate_id = any({block})) k
    on k.aggregate_id = w.aggregate_id and k.scope = w.scope
 where w.key is distinct from k.key
