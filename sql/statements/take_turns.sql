-- Lets batches that call the same projectors ($1) wait for each other, in one order for all.
(text[]) as
select pg_catalog.pg_advisory_xact_lock(1936028523, turn.number)
  from (select distinct pg_catalog.hashtext(name) as number from unnest($1) as name order by number) turn
