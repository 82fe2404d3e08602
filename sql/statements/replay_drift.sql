-- What of the live tables ({now}: their structure as JSON) is not as it was when replay {id} was prepared.
with before as (
  select key as name, jsonb_array_elements_text(value) as line
    from {store}.replay_states s, jsonb_each(s.structures) where s.id = {id}
), now as (
  select key as name, jsonb_array_elements_text(value) as line from jsonb_each({now}::jsonb)
)
select string_agg(name || ': ' || line || ' is ' || what, '; ' order by name, line)
  from (select name, line, 'gone' as what from (select * from before except select * from now) gone
        union all
        select name, line, 'new' from (select * from now except select * from before) made) changes
