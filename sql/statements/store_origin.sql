-- Where the store was written, where it is, and whether it holds events of transactions that this cluster has not begun.
select (select o.cluster from {store}.store_origin o) as recorded,
       {store}.cluster_identity() as current,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_transaction,
       exists (select from {store}.events e
                where e.xact_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) as from_the_future
