-- The statements that give the sequences of identity columns in schema {replay} the names that those of the tables
-- ({oids}) of schema {views} have.
with live as materialized (
  select s.relname, t.relname as table_name, a.attname
    from pg_catalog.pg_class t
    join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attidentity <> ''
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid
                               and d.refobjsubid = a.attnum and d.classid = 'pg_catalog.pg_class'::regclass
                               and d.deptype = 'i'
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
   where t.oid = any({oids})
)
select format('alter sequence %I.%I rename to %I', {replay}, made.relname, live.relname)
  from live
  join pg_catalog.pg_class made
    on made.oid = pg_get_serial_sequence(format('%I.%I', {replay}, live.table_name), live.attname)::regclass
 where made.relname <> live.relname
