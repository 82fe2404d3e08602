create table issue_activities%SUFFIX% (
  aggregate_id uuid not null,
  number integer not null,
  action varchar not null,
  actor varchar not null,
  record_type varchar,
  record_id varchar,
  extra jsonb not null,
  occurred_at timestamptz not null,
  touches integer not null,
  touched_at timestamptz not null
);
