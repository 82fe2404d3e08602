-- What calls with idempotency keys came to: the same key with the same request gets the first outcome again, and any other
-- request with it is refused. A row is inserted by the transaction that stores the events. Old ones are deleted by
-- `maintenance receipts`.
create table {store}.command_receipts (
  idempotency_key text primary key,
  request_hash bytea not null,
  outcome jsonb not null,
  stored_at timestamptz not null default now()
);

-- The table grows in about that order, so block ranges are enough to find the oldest ones.
create index command_receipts_stored_at on {store}.command_receipts using brin (stored_at);

grant select, insert, delete on {store}.command_receipts to {application_role};
