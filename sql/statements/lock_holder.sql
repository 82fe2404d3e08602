-- The session whose transaction has had a lock on one of the tables for longest; a prepared transaction has no session.
select l.pid, case when l.pid is null then 'a prepared transaction' else coalesce(nullif(a.application_name, ''),
       a.backend_type, 'of another user') end, a.state, a.xact_start, left(regexp_replace(a.query, '\s+', ' ', 'g'), 100)
  from pg_locks l
  left join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'relation' and l.granted
   and l.database = (select oid from pg_database where datname = current_database())
   and l.relation in (select to_regclass(name)::oid from unnest({tables}) name)
   and l.pid is distinct from pg_backend_pid()
 order by a.xact_start
 limit 1
