-- The receipts of some keys ($1), and whether each is that of this request ($2).
prepare seriatim_find_receipts (text[], text) as
select idempotency_key, request_hash = sha256(convert_to($2, 'UTF8')), outcome
  from {store}.command_receipts
 where idempotency_key = any($1)
 order by idempotency_key
