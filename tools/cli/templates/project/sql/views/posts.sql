create table posts%SUFFIX% (
  aggregate_id uuid primary key,
  title text not null,
  likes bigint not null
);
