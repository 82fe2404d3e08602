-- What the rows and indexes of tables ({oids}: parents first) depend on, as a JSON object of lists of texts by table. Run
-- with the views' schema as search_path.
with lines as (
  select a.attrelid as oid,
         format('column %I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' else '' end,
                case a.attgenerated when '' then ' default ' else ' generated ' end || pg_get_expr(f.adbin, f.adrelid),
                case a.attidentity when '' then '' else ' identity ' || a.attidentity::text end,
                case when a.attcollation = t.typcollation then '' else ' collate ' || a.attcollation::regcollation::text end) as line
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
   where a.attrelid = any({oids}) and a.attnum > 0 and not a.attisdropped
  union all
  select conrelid, format('constraint %I %s', conname, pg_get_constraintdef(oid))
    from pg_catalog.pg_constraint where conrelid = any({oids}) and contype in ('c', 'p', 'u', 'x')
  union all
  select indrelid, pg_get_indexdef(indexrelid)
    from pg_catalog.pg_index where indrelid = any({oids}) and indisvalid
  union all
  select c.oid, 'partition of ' || i.inhparent::regclass::text || ' ' || pg_get_expr(c.relpartbound, c.oid)
    from pg_catalog.pg_class c join pg_catalog.pg_inherits i on i.inhrelid = c.oid where c.oid = any({oids})
  union all
  select oid, 'partitioned by ' || pg_get_partkeydef(oid) from pg_catalog.pg_class where oid = any({oids}) and relkind = 'p'
  union all
  select oid, format('storage %s %s', relpersistence, reloptions) from pg_catalog.pg_class where oid = any({oids})
  union all
  select stxrelid, pg_get_statisticsobjdef(oid) from pg_catalog.pg_statistic_ext where stxrelid = any({oids})
  union all
  select tgrelid, pg_get_triggerdef(oid, true) || ' ' || tgenabled::text
    from pg_catalog.pg_trigger
   where tgrelid = any({oids}) and not tgisinternal and tgparentid = 0 and tgtype & 3 = 3
  union all
  select d.refobjid, format('sequence %I', s.relname)
    from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
   where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = any({oids})
     and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
)
select jsonb_object_agg(name, texts)
  from (select c.relname as name, jsonb_agg(line order by line) as texts
          from lines join pg_catalog.pg_class c on c.oid = lines.oid group by c.relname) by_table
