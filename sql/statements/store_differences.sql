-- What the tables of a store lack that those of {reference} have, and what they have that seriatim would not write. One row
-- a column: table, column, type, default, not null, identity, and what is wrong: 'missing', 'default', 'type: <theirs>' or
-- 'unwritten'.
with ours as (
  select c.oid, c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity,
         pg_get_expr(d.adbin, d.adrelid) as expression, n.nspname
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where n.nspname in ({reference_text}, {store_text}) and c.relkind in ('r', 'p') and not c.relispartition
), wanted as (
  select * from ours where nspname = {reference_text}
), found as (
  select * from ours where nspname = {store_text}
)
select w.relname, w.attname, format_type(w.atttypid, w.atttypmod), w.expression, w.attnotnull, w.attidentity <> '',
       case when f.attname is null then 'missing'
            when wt.typcategory <> ft.typcategory or (wt.typcategory = 'U' and wt.oid <> ft.oid)
              then 'type: ' || format_type(f.atttypid, f.atttypmod)
            else 'default' end
  from wanted w
  join pg_type wt on wt.oid = w.atttypid
  left join found f on f.relname = w.relname and f.attname = w.attname
  left join pg_type ft on ft.oid = f.atttypid
 where w.relname in (select relname from found)
   and (f.attname is null
        or wt.typcategory <> ft.typcategory or (wt.typcategory = 'U' and wt.oid <> ft.oid)
        or ((w.expression is not null or w.attidentity <> '') and f.expression is null and f.attidentity = ''))
union all
select f.relname, f.attname, format_type(f.atttypid, f.atttypmod), null, true, false, 'unwritten'
  from found f
 where f.attnotnull and f.expression is null and f.attidentity = ''
   and f.relname in ('aggregates', 'commands', 'events', 'aggregate_types', 'command_types', 'event_types')
   and not exists (select from wanted w where w.relname = f.relname and w.attname = f.attname)
 order by 1, 2
