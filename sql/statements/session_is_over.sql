-- Whether a session, by its process ({process}) and its beginning ({began}), is over: then it commits nothing any more. A standby
-- does not know the sessions of the server that it follows. One whose beginning this user may not see counts as the same. A session
-- that has been waiting for its client for a second waits for one that is gone without a word: it is ended.
with session as materialized (
  select a.pid, a.state, a.state_change
    from pg_catalog.pg_stat_activity a
   where a.pid = {process} and coalesce(a.backend_start = {began}, true)
)
select not pg_catalog.pg_is_in_recovery() and not exists (select from session),
       (select pg_catalog.pg_terminate_backend(s.pid)
          from session s
         where s.state like 'idle%' and s.state_change < pg_catalog.clock_timestamp() - interval '1 second')
