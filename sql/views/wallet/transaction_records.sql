create table transaction_records%SUFFIX% (
  aggregate_id uuid not null,
  sequence_number integer not null,
  type varchar not null check (type in ('IN', 'OUT')),
  amount numeric(10, 2) not null,
  balance numeric(10, 2) not null,
  counterparty varchar not null,
  created_at timestamptz not null
);
