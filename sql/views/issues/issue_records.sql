create table issue_records%SUFFIX% (
  aggregate_id uuid primary key,
  title varchar not null,
  open boolean not null,
  comments integer not null,
  last_commented_at timestamptz
);
