-- Deletes up to {limit} receipts that were stored before {cutoff}. Rows that another program is deleting are left to it.
with expired as (
  select idempotency_key from {store}.command_receipts
   where stored_at < {cutoff}
   limit {limit}
     for update skip locked
)
delete from {store}.command_receipts r using expired where r.idempotency_key = expired.idempotency_key
