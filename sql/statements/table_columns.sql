-- The columns of tables ({schemas}, {tables}: arrays of the same length): schema, table, column, type as it was declared,
-- name of the type below domains, whether an insert must give a value, and whether it may not give one.
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), base.typname,
       a.attnotnull and not a.atthasdef and a.attidentity = '' and not exists (
         select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgtype & 6 = 6) as required,
       a.attgenerated <> '' or a.attidentity = 'a' as computed
  from unnest({schemas}::text[], {tables}::text[]) as wanted (nspname, relname)
  join pg_namespace n on n.nspname = wanted.nspname
  join pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname and c.relkind in ('r', 'p', 'v', 'f')
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type declared on declared.oid = a.atttypid
  join pg_type middle on middle.oid = coalesce(nullif(declared.typbasetype, 0), declared.oid)
  join pg_type base on base.oid = coalesce(nullif(middle.typbasetype, 0), middle.oid)
 order by 1, 2, a.attnum
