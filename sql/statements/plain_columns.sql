-- The columns of a table ($1) of which nobody sees a value that is overwritten in the same transaction: name, type, whether the
-- column has a limit, and of a numeric one the digits behind the point. Not those that an index or a constraint mentions,
-- and none at all of a table with triggers, rules, row security, generated columns, or indexes on expressions or parts.
prepare seriatim_plain_columns (text) as
select a.attname, pg_catalog.format_type(a.atttypid, null), a.atttypmod <> -1,
       (((a.atttypmod - 4) & 2047) # 1024) - 1024
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.oid = pg_catalog.to_regclass($1)
   and c.relkind = 'r' and not (c.relhastriggers or c.relhasrules or c.relrowsecurity or c.relhassubclass)
   and not exists (select from pg_catalog.pg_attribute g where g.attrelid = c.oid and g.attgenerated <> '')
   and not exists (select from pg_catalog.pg_index i
                    where i.indrelid = c.oid
                      and (a.attnum = any(i.indkey) or i.indexprs is not null or i.indpred is not null))
   and not exists (select from pg_catalog.pg_constraint k
                    where k.conrelid = c.oid and (k.conkey is null or a.attnum = any(k.conkey)))
