-- What depends on tables ({oids}) and would go on with the old ones when others take their place: for views, the statement
-- that makes them read the tables that have the names then; for all else, what it is. Views come last. Run with the views'
-- schema as search_path.
with relations (oid) as (
  select unnest({oids})
  union all
  select reltoastrelid from pg_catalog.pg_class where oid = any({oids}) and reltoastrelid <> 0
), own (classid, objid) as (
  select 'pg_catalog.pg_class'::regclass, oid from relations
  union all
  select 'pg_catalog.pg_class'::regclass, indexrelid from pg_catalog.pg_index where indrelid in (select oid from relations)
  union all
  select d.classid, d.objid
    from pg_catalog.pg_depend d join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
   where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = any({oids})
     and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
  union all
  select 'pg_catalog.pg_type'::regclass, unnest(array[t.oid, t.typarray])
    from pg_catalog.pg_type t where t.typrelid = any({oids})
  union all
  select 'pg_catalog.pg_constraint'::regclass, oid from pg_catalog.pg_constraint where conrelid = any({oids})
  union all
  select 'pg_catalog.pg_attrdef'::regclass, oid from pg_catalog.pg_attrdef where adrelid = any({oids})
  union all
  select 'pg_catalog.pg_trigger'::regclass, oid from pg_catalog.pg_trigger where tgrelid = any({oids}) or tgisinternal
  union all
  select 'pg_catalog.pg_policy'::regclass, oid from pg_catalog.pg_policy where polrelid = any({oids})
  union all
  select 'pg_catalog.pg_statistic_ext'::regclass, oid from pg_catalog.pg_statistic_ext where stxrelid = any({oids})
), pointing as (
  select d.classid, d.objid, bool_or(d.refclassid = 'pg_catalog.pg_type'::regclass) as by_type
    from own
    join pg_catalog.pg_depend d on d.refclassid = own.classid and d.refobjid = own.objid
   where not exists (select from own o where o.classid = d.classid and o.objid = d.objid)
   group by d.classid, d.objid
), described as (
  select v.oid as view, v.relpersistence <> 't' and v.relkind = 'v' and r.rulename = '_RETURN' and not p.by_type as replaceable,
         case when v.relkind = 'm' then format('materialized view %s', v.oid::regclass)
              when v.relkind = 'v' and r.rulename = '_RETURN' then
                format('%sview %s%s', case v.relpersistence when 't' then 'temporary ' else '' end, v.oid::regclass,
                       case when p.by_type then ' (a column has the type of a row)' else '' end)
              when f.oid is not null then format('foreign key %I of table %s', f.conname, f.conrelid::regclass)
              else pg_describe_object(p.classid, p.objid, 0) end as what
    from pointing p
    left join pg_catalog.pg_rewrite r on p.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = p.objid
    left join pg_catalog.pg_class v on v.oid = r.ev_class
    left join pg_catalog.pg_constraint f
      on p.classid = 'pg_catalog.pg_constraint'::regclass and f.oid = p.objid and f.contype = 'f'
   where f.oid is null or f.conparentid = 0
)
select distinct d.what, d.view::regclass::text,
       case when d.replaceable then
         format('create or replace view %I.%I%s as %s', n.nspname, c.relname,
                ' with (' || (select string_agg(format('%s=%L', option_name, option_value), ', ')
                                from pg_options_to_table(c.reloptions)) || ')', pg_get_viewdef(c.oid)) end as sql
  from described d
  left join pg_catalog.pg_class c on c.oid = d.view
  left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 order by sql nulls first, what
