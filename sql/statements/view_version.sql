-- The version of a view schema's tables (0 before the first migration), and the name of its marker. The schema is given as
-- a name ({views}) and as a text ({schema}).
select version, coalesce((select c.relname
                            from pg_catalog.pg_class c
                            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = {schema} and c.relname ~ ('^seriatim_version_' || version || '(_[0-9]+)?$')
                           order by length(c.relname) desc, c.relname desc
                           limit 1), 'seriatim_version_' || version) as marker
  from (select coalesce(max(v.version), 0) as version from {views}.sequent_versions v where v.status is null) live
