-- Interns type names, under the next free ids. The ids are not taken from the column's sequence, which a rollback would leave
-- with a gap; the caller holds a lock that all who register take, so that no two take one id. The sequence follows, for other
-- programs that rely on it.
with fresh as (
  insert into {store}.{table} (id, type)
  select (select coalesce(max(t.id), 0) from {store}.{table} t) + row_number() over (order by name), name
    from (select distinct name from unnest({names}::text[]) as name) wanted
   where not exists (select from {store}.{table} t where t.type = name)
  returning id
)
select setval(pg_get_serial_sequence({table_text}, 'id')::regclass, max(id)) from fresh having count(*) > 0
