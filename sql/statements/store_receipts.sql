-- Remembers the outcome ($3) of a request ($2) under its keys ($1). A key that is there already fails on the primary key,
-- after waiting for whoever is storing it; sorted, so that two calls with several keys wait instead of deadlocking.
prepare seriatim_store_receipts (text[], text, jsonb) as
insert into {store}.command_receipts (idempotency_key, request_hash, outcome)
select key, sha256(convert_to($2, 'UTF8')), $3 from unnest($1) as key order by key
