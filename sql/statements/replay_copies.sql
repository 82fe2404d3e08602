-- The statements that make empty copies, without indexes, of tables ({oids}: parents first) of schema {views} in schema
-- {replay}: with partitions, sequences, column settings, statistics objects, and the triggers that make a row what it is.
-- Run with the views' schema as search_path, so that names in it come out bare; to be run with {replay} before it there.
with replayed as (
  select c.*, wanted.place, a.amname, t.spcname,
         (select string_agg(format('%s=%L', o.option_name, o.option_value), ', ')
            from (select option_name, option_value from pg_options_to_table(c.reloptions)
                  union all
                  select 'toast.' || option_name, option_value
                    from pg_catalog.pg_class toast, pg_options_to_table(toast.reloptions)
                   where toast.oid = c.reltoastrelid) o) as options
    from unnest({oids}) with ordinality as wanted (oid, place)
    join pg_catalog.pg_class c on c.oid = wanted.oid
    left join pg_catalog.pg_am a on a.oid = c.relam and c.relkind = 'r'
    left join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
), owned as (
  select s.oid, s.relname, r.relname as table_name, r.place, a.attname, q.*
    from replayed r
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = r.oid
                               and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'a'
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
    join pg_catalog.pg_sequence q on q.seqrelid = s.oid
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum = d.refobjsubid
), steps as (
  select 1 as step, place,
         format('create %stable %I.%I (like %I.%I including all excluding indexes excluding statistics'
                ' excluding comments%s)%s%s%s%s',
                case relpersistence when 'u' then 'unlogged ' else '' end, {replay}, relname, {views}, relname,
                case when relispartition and current_setting('server_version_num')::integer >= 170000
                     then ' excluding identity' else '' end,
                ' partition by ' || pg_get_partkeydef(oid), ' using ' || quote_ident(amname), ' with (' || options || ')',
                ' tablespace ' || quote_ident(spcname)) as sql
    from replayed
  union all
  select 2, place, format('alter table only %I.%I attach partition %I.%I %s', {replay}, parent.relname, {replay},
                          r.relname, pg_get_expr(r.relpartbound, r.oid))
    from replayed r
    join pg_catalog.pg_inherits i on i.inhrelid = r.oid
    join pg_catalog.pg_class parent on parent.oid = i.inhparent
   where r.relispartition
  union all
  select 3, place, format('create sequence %I.%I as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s',
                          {replay}, relname, format_type(seqtypid, null), seqincrement, seqmin, seqmax, seqstart, seqcache,
                          case when seqcycle then ' cycle' else '' end)
    from owned
  union all
  select distinct 4, r.place, format('alter table only %I.%I alter column %I set default %s', {replay}, r.relname, a.attname,
                                     pg_get_expr(f.adbin, f.adrelid))
    from replayed r
    join pg_catalog.pg_attrdef f on f.adrelid = r.oid
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum = f.adnum and a.attgenerated = ''
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid = f.oid
                               and d.refclassid = 'pg_catalog.pg_class'::regclass
    join owned s on s.oid = d.refobjid
  union all
  select 5, place, format('alter sequence %I.%I owned by %I.%I.%I', {replay}, relname, {replay}, table_name, attname)
    from owned
  union all
  select 6, r.place, format('alter table only %I.%I alter column %I set statistics %s', {replay}, r.relname, a.attname,
                            a.attstattarget)
    from replayed r
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0
  union all
  select 6, r.place, format('alter table only %I.%I alter column %I set (%s)', {replay}, r.relname, a.attname,
                            string_agg(format('%s=%L', o.option_name, o.option_value), ', '))
    from replayed r
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    cross join pg_options_to_table(a.attoptions) o
   where o.option_name in ('n_distinct', 'n_distinct_inherited')
   group by r.place, r.relname, a.attname
  union all
  select 7, r.place, format('create statistics %I.%I%s', {replay}, e.stxname,
                            substr(pg_get_statisticsobjdef(e.oid),
                                   1 + length(format('CREATE STATISTICS %I.%I', n.nspname, e.stxname))))
    from replayed r
    join pg_catalog.pg_statistic_ext e on e.stxrelid = r.oid
    join pg_catalog.pg_namespace n on n.oid = e.stxnamespace
  union all
  select 8, r.place, format('alter statistics %I.%I set statistics %s', {replay}, e.stxname, e.stxstattarget)
    from replayed r
    join pg_catalog.pg_statistic_ext e on e.stxrelid = r.oid and e.stxstattarget >= 0
  union all
  select 9, r.place, pg_get_triggerdef(t.oid, true) ||
                     case when t.tgenabled = 'O' then '' else format('; alter table %I.%I %s trigger %I', {replay}, r.relname,
                       case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end,
                       t.tgname) end
    from replayed r
    join pg_catalog.pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal and t.tgparentid = 0 and t.tgtype & 3 = 3
)
select sql from steps order by step, place, sql
