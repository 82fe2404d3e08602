create table meetings_per_day%SUFFIX% (
  day date not null,
  meetings bigint not null
);
