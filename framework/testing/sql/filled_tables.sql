-- The tables that have rows, system tables and partitions left out.
select t.oid::regclass::text
  from pg_catalog.pg_class t
 where t.relkind in ('r', 'p') and not t.relispartition
   and t.relnamespace not in (select n.oid from pg_catalog.pg_namespace n
                               where n.nspname like 'pg\_%' or n.nspname = 'information_schema')
   and (pg_catalog.xpath('/row/filled/text()', pg_catalog.query_to_xml(
          pg_catalog.format('select exists (select from %s) as filled', t.oid::regclass), false, true, '')))[1]::text = 'true'
