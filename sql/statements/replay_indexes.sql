-- The indexes and index constraints of tables ({oids}), for the column index_definitions; those that are clustered, for
-- table_cluster_indexes; and the names of those that are left out because they are invalid. In index_definitions, by table:
-- name, the statements that make it in schema {replay}, whether it is unique, and the depth of its table below that which
-- is replayed, if it is one over partitions. Run with the views' schema as search_path.
with found as (
  select t.relname as table_name, t.relkind, i.relname as name, x.*, c.conname, c.contype,
         (select count(*) from pg_partition_ancestors(t.oid)) as depth,
         case when c.oid is null then pg_get_indexdef(i.oid, 0, true)
              when t.relkind = 'r' and not x.indisexclusion
                then format('%s; alter table only %I.%I add constraint %I %s using index %I%s%s', pg_get_indexdef(i.oid, 0, true),
                            {replay}, t.relname, c.conname, case c.contype when 'p' then 'primary key' else 'unique' end,
                            i.relname, case when c.condeferrable then ' deferrable' else '' end,
                            case when c.condeferred then ' initially deferred' else '' end)
              else format('alter table only %I.%I add constraint %I %s', {replay}, t.relname, c.conname,
                          pg_get_constraintdef(c.oid)) end
         || coalesce((select string_agg(format('; alter index %I.%I attach partition %I.%I', {replay}, i.relname, {replay},
                                               child.relname), '' order by child.relname)
                        from pg_catalog.pg_inherits h join pg_catalog.pg_class child on child.oid = h.inhrelid
                       where h.inhparent = i.oid), '')
         || coalesce((select string_agg(format('; alter index %I.%I alter column %s set statistics %s', {replay}, i.relname,
                                               a.attnum, a.attstattarget), '' order by a.attnum)
                        from pg_catalog.pg_attribute a
                       where a.attrelid = i.oid and a.attstattarget >= 0 and not a.attisdropped), '') as sql
    from pg_catalog.pg_index x
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    join pg_catalog.pg_class t on t.oid = x.indrelid
    left join pg_catalog.pg_constraint c on c.conindid = i.oid and c.conrelid = t.oid and c.contype in ('p', 'u', 'x')
   where t.oid = any({oids})
)
select (select coalesce(jsonb_object_agg(table_name, definitions), '{}')
          from (select table_name, jsonb_agg(jsonb_build_object(
                         'name', name, 'sql', sql, 'unique', indisunique and not indisexclusion,
                         'depth', case relkind when 'p' then depth end) order by name) as definitions
                  from found where indisvalid group by table_name) by_table),
       (select coalesce(jsonb_object_agg(table_name, name), '{}') from found where indisvalid and indisclustered),
       (select coalesce(string_agg(name, ', ' order by name), '') from found where not indisvalid)
