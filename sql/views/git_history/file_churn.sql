create table file_churn%SUFFIX% (
  aggregate_id uuid not null,
  path text not null,
  commits bigint not null,
  lines_added bigint not null,
  lines_deleted bigint not null,
  state varchar not null check (state in ('present', 'renamed', 'deleted')),
  last_changed_at timestamptz not null
);
