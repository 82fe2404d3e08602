-- Remembers outcomes ($3) of requests ($2) under their keys ($1), as store_receipts does for one request.
prepare seriatim_store_batch_receipts (text[], text[], jsonb[]) as
insert into {store}.command_receipts (idempotency_key, request_hash, outcome)
select r.key, sha256(convert_to(r.request, 'UTF8')), r.outcome from unnest($1, $2, $3) as r (key, request, outcome)
 order by r.key
