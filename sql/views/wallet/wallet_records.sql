create table wallet_records%SUFFIX% (
  id serial,
  aggregate_id uuid not null,
  user_id varchar not null,
  balance numeric(10, 2) not null default 0
);
