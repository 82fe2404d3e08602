create table user_records%SUFFIX% (
  aggregate_id uuid not null,
  name varchar not null,
  email varchar not null,
  password_digest varchar not null,
  deleted boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
