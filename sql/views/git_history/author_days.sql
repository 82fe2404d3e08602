create table author_days%SUFFIX% (
  aggregate_id uuid not null,
  author text not null,
  day date not null,
  commits bigint not null
);
