-- Gives the events of another cluster transaction ids that lie below the horizon of this one, in the order of the old
-- ones and one for one. Where there are more transactions than this cluster has had, the oldest get negative ids; none
-- gets 0, which means that the id is unknown. The caller has locked the table.
with transaction as (
  select t.xact_id,
         pg_snapshot_xmin(pg_current_snapshot())::text::bigint - count(*) over () - 1
           + row_number() over (order by t.xact_id) as rebased
    from (select distinct e.xact_id from {store}.events e where e.xact_id is not null) t
), changed as (
  update {store}.events e
     set xact_id = case when t.rebased <= 0 then t.rebased - 1 else t.rebased end
    from transaction t
   where e.xact_id = t.xact_id
  returning 1
)
select (select count(*) from transaction) as transactions, (select count(*) from changed) as events
