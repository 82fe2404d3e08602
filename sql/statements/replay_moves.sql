-- The statements that move tables ({oids}) from schema {views} to schema {archive}, and those of the same names from schema
-- {replay} to {views}. Sequences of the new tables go on from where those of the old ones are, if these are further.
with replayed as (
  select c.oid, c.relname, c.relkind, wanted.place
    from unnest({oids}) with ordinality as wanted (oid, place) join pg_catalog.pg_class c on c.oid = wanted.oid
), steps as (
  select 1 as step, r.place,
         format('select pg_catalog.setval(%L, live.last_value, true) from %I.%I live, %I.%I made'
                ' where live.is_called and (not made.is_called or live.last_value %s made.last_value)',
                format('%I.%I', {replay}, s.relname), {views}, s.relname, {replay}, s.relname,
                case when q.seqincrement > 0 then '>' else '<' end) as sql
    from replayed r
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = r.oid
                               and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
    join pg_catalog.pg_sequence q on q.seqrelid = s.oid
  union all
  select 2, r.place, format('alter table %I.%I drop constraint %I', {views}, r.relname, f.conname)
    from replayed r
    join pg_catalog.pg_constraint f on f.conrelid = r.oid and f.contype = 'f' and f.conparentid = 0
  union all
  select 3, place, format('alter table %I.%I set schema %I', {views}, relname, {archive}) from replayed
  union all
  select 4, place, format('alter table %I.%I set schema %I', {replay}, relname, {views}) from replayed
  union all
  select 3 + made.step, r.place,
         case made.step when 0 then format('alter statistics %I.%I set schema %I', n.nspname, e.stxname, {archive})
                        else format('alter statistics %I.%I set schema %I', {replay}, e.stxname, n.nspname) end
    from replayed r
    join pg_catalog.pg_statistic_ext e on e.stxrelid = r.oid
    join pg_catalog.pg_namespace n on n.oid = e.stxnamespace
    cross join (values (0), (1)) as made (step)
)
select sql from steps order by step, place, sql
