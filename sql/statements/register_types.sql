-- Interns type names. The caller holds a lock that all who register take, so that no number is spent on a name that is there.
insert into {store}.{table} (type)
select name from unnest({names}::text[]) as name
 where not exists (select from {store}.{table} t where t.type = name)
 order by name
