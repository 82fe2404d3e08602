-- What to run so that tables of events may be truncated: the store refuses it, so that no event is lost without a trace.
select coalesce(pg_catalog.string_agg(pg_catalog.format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass), '; '), '')
  from pg_catalog.pg_trigger t
 where t.tgname = 'refuse_truncation'
