-- Deletes up to {limit} receipts that were stored before {cutoff}.
delete from {store}.command_receipts
 where idempotency_key = any (array(select expired.idempotency_key from {store}.command_receipts expired
                                     where expired.stored_at < {cutoff}
                                     limit {limit}))
