-- The oldest transaction of the cluster that has an id of its own, apart from this one.
select pid, name, state, began, query
  from (select pid, coalesce(nullif(application_name, ''), backend_type) as name, state, xact_start as began,
               left(regexp_replace(query, '\s+', ' ', 'g'), 100) as query, age(backend_xid) as age
          from pg_stat_activity
         where backend_xid is not null and pid <> pg_backend_pid()
        union all
        select null, 'the prepared transaction ' || gid, null, prepared, null, age(transaction)
          from pg_prepared_xacts) transactions
 order by age desc
 limit 1
