-- Gives aggregates ($1) other keys ($3, null for none) in scopes ($2), all at once, or raises SR007.
(uuid[], text[], jsonb[]) as
select {store}.raise('SR007', 'another aggregate has the unique key') from {store}.change_unique_keys($1, $2, $3) limit 1
