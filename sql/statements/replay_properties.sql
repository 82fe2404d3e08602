-- The statements that give tables which have come from schema {replay} what the live ones ({oids}) of schema {views} have
-- beside rows and indexes: owner, privileges, comments, row security, triggers, replica identity, foreign keys. The second
-- column tells those that are to be run after the commit. Run with the views' schema as search_path, as they are to be.
with replayed as (
  select c.*, wanted.place, new.oid as new_oid, new.relacl as new_acl, 'table' as word
    from unnest({oids}) with ordinality as wanted (oid, place)
    join pg_catalog.pg_class c on c.oid = wanted.oid
    join pg_catalog.pg_class new on new.relname = c.relname
    join pg_catalog.pg_namespace n on n.oid = new.relnamespace and n.nspname = {replay}
), relations as (
  select oid, relname, relkind, relowner, relacl, new_acl, place, word from replayed
  union all
  select s.oid, s.relname, s.relkind, s.relowner, s.relacl, new.relacl, r.place, 'sequence'
    from replayed r
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = r.oid
                               and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
    join pg_catalog.pg_class new on new.relname = s.relname
    join pg_catalog.pg_namespace n on n.oid = new.relnamespace and n.nspname = {replay}
), roles as (
  select oid, quote_ident(rolname) as name from pg_catalog.pg_roles union all select 0, 'public'
), steps as (
  select 1 as step, place, format('alter table %I.%I owner to %s', {views}, relname, roles.name) as sql
    from replayed join roles on roles.oid = relowner
  union all
  select 2, place, format('revoke all on %s %I.%I from %s', word, {views}, relname, string_agg(roles.name, ', '))
    from relations
    join roles on roles.oid = 0 or roles.oid = relowner or roles.oid in (select grantee from aclexplode(new_acl))
   group by place, word, relname
  union all
  select 3, place, format('grant %s on %s %I.%I to %s%s', string_agg(privilege_type, ', '), word, {views}, relname, roles.name,
                          case when is_grantable then ' with grant option' else '' end)
    from relations
    cross join aclexplode(coalesce(relacl, acldefault(case word when 'table' then 'r' else 's' end::"char", relowner))) as acl
    join roles on roles.oid = acl.grantee
   group by place, word, relname, roles.name, is_grantable
  union all
  select 3, r.place, format('grant %s (%I) on table %I.%I to %s%s', acl.privilege_type, a.attname, {views}, r.relname,
                            roles.name, case when acl.is_grantable then ' with grant option' else '' end)
    from replayed r
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
    cross join aclexplode(a.attacl) as acl
    join roles on roles.oid = acl.grantee
  union all
  select 3, r.place, format('alter statistics %I.%I owner to %s', n.nspname, e.stxname, roles.name)
    from replayed r
    join pg_catalog.pg_statistic_ext e on e.stxrelid = r.oid
    join pg_catalog.pg_namespace n on n.oid = e.stxnamespace
    join roles on roles.oid = e.stxowner
  union all
  select 4, r.place, pg_get_triggerdef(t.oid, true) ||
                     case when t.tgenabled = 'O' then '' else format('; alter table %I.%I %s trigger %I', {views}, r.relname,
                       case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end,
                       t.tgname) end
    from replayed r
    join pg_catalog.pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal and t.tgparentid = 0 and t.tgtype & 3 <> 3
  union all
  select 4, r.place, format('create policy %I on %I.%I as %s for %s to %s%s%s', p.polname, {views}, r.relname,
                            case when p.polpermissive then 'permissive' else 'restrictive' end,
                            case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                                          when 'd' then 'delete' else 'all' end,
                            (select string_agg(roles.name, ', ') from roles where roles.oid = any(p.polroles)),
                            ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                            ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    from replayed r join pg_catalog.pg_policy p on p.polrelid = r.oid
  union all
  select 5, place, format('alter table %I.%I enable row level security', {views}, relname) from replayed where relrowsecurity
  union all
  select 5, place, format('alter table %I.%I force row level security', {views}, relname)
    from replayed where relforcerowsecurity
  union all
  select 5, place, format('alter table %I.%I replica identity %s', {views}, relname,
                          case relreplident when 'f' then 'full' when 'n' then 'nothing'
                                            else format('using index %I', (select i.relname
                                              from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
                                             where x.indrelid = replayed.oid and x.indisreplident)) end)
    from replayed
   where relreplident in ('f', 'n') or relreplident = 'i' and exists (
           select from pg_catalog.pg_index i where i.indrelid = replayed.oid and i.indisreplident)
  union all
  select 6, r.place, format('alter table %I.%I add constraint %I %s%s', {views}, r.relname, f.conname,
                            pg_get_constraintdef(f.oid),
                            case when f.convalidated and r.relkind = 'r' then ' not valid' else '' end)
    from replayed r
    join pg_catalog.pg_constraint f on f.conrelid = r.oid and f.contype = 'f' and f.conparentid = 0
  union all
  select 9, r.place, format('alter table %I.%I validate constraint %I', {views}, r.relname, f.conname)
    from replayed r
    join pg_catalog.pg_constraint f on f.conrelid = r.oid and f.contype = 'f' and f.conparentid = 0
   where f.convalidated and r.relkind = 'r'
  union all
  select 7, r.place, format('comment on %s is %L', what.name, d.description)
    from replayed r
    cross join lateral (
      select 'pg_catalog.pg_class'::regclass as classoid, r.oid as objoid, 0 as objsubid,
             format('table %I.%I', {views}, r.relname) as name
      union all
      select 'pg_catalog.pg_class'::regclass, r.oid, attnum, format('column %I.%I.%I', {views}, r.relname, attname)
        from pg_catalog.pg_attribute where attrelid = r.oid and attnum > 0 and not attisdropped
      union all
      select 'pg_catalog.pg_class'::regclass, i.oid, 0, format('index %I.%I', {views}, i.relname)
        from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid where x.indrelid = r.oid and x.indisvalid
      union all
      select 'pg_catalog.pg_constraint'::regclass, oid, 0, format('constraint %I on %I.%I', conname, {views}, r.relname)
        from pg_catalog.pg_constraint where conrelid = r.oid
      union all
      select 'pg_catalog.pg_trigger'::regclass, oid, 0, format('trigger %I on %I.%I', tgname, {views}, r.relname)
        from pg_catalog.pg_trigger where tgrelid = r.oid
      union all
      select 'pg_catalog.pg_policy'::regclass, oid, 0, format('policy %I on %I.%I', polname, {views}, r.relname)
        from pg_catalog.pg_policy where polrelid = r.oid
      union all
      select 'pg_catalog.pg_statistic_ext'::regclass, e.oid, 0, format('statistics %I.%I', n.nspname, e.stxname)
        from pg_catalog.pg_statistic_ext e join pg_catalog.pg_namespace n on n.oid = e.stxnamespace where e.stxrelid = r.oid
    ) as what
    join pg_catalog.pg_description d
      on d.classoid = what.classoid and d.objoid = what.objoid and d.objsubid = what.objsubid
  union all
  select 7, s.place, format('comment on sequence %I.%I is %L', {views}, s.relname, d.description)
    from relations s
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = s.oid and d.objsubid = 0
   where s.word = 'sequence'
)
select sql, step = 9 from steps order by step, place, sql
