-- The tables ({tables}: array of names in schema {views}) with all their partitions, parents first: object id, name, the
-- table that it is or belongs to, and why it cannot be replayed, if so. Run with the views' schema as search_path.
with recursive tree as (
  select wanted.name as root, c.oid, 0 as level
    from unnest({tables}::text[]) as wanted (name)
    left join (select c.oid, c.relname
                 from pg_catalog.pg_class c
                 join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = {views}) c on c.relname = wanted.name
  union all
  select tree.root, i.inhrelid, tree.level + 1
    from tree
    join pg_catalog.pg_inherits i on i.inhparent = tree.oid
)
select coalesce(c.oid, 0), coalesce(c.relname, tree.root), tree.root,
       case when c.oid is null then 'is missing: build it by `migrate online` and `migrate offline` first'
            when n.nspname <> {views} then 'is a partition in schema ' || n.nspname || ': move it to schema ' || {views}
            when c.relkind not in ('r', 'p') then 'is no ordinary table'
            when c.relispartition <> (tree.level > 0) or exists (
                   select from pg_catalog.pg_inherits i
                    where i.inhrelid = c.oid and not c.relispartition or i.inhparent = c.oid and c.relkind <> 'p')
              then 'inherits from another table, or another from it'
            when c.reloftype <> 0 then 'is a table of a composite type'
            when c.relpersistence = 't' then 'is a temporary table'
            when exists (select from pg_catalog.pg_rewrite r where r.ev_class = c.oid) then 'has rules: drop them'
            when not pg_catalog.pg_table_is_visible(c.oid) then 'has the name of a table of the system'
       end as problem
  from tree
  left join pg_catalog.pg_class c on c.oid = tree.oid
  left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 order by tree.level, tree.root, c.relname
