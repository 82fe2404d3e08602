create schema if not exists {views};

create table if not exists {views}.sequent_versions (
  version integer primary key,
  status integer check (status in (1, 2, 3)),
  xmin_xact_id bigint,
  target_projectors text[],
  target_records text[]
);

create unique index if not exists sequent_versions_one_migration on {views}.sequent_versions ((true))
  where status is not null;

grant usage on schema {views} to {application_role}, {reader_role};
grant select, insert, update, delete on all tables in schema {views} to {application_role};
grant select on all tables in schema {views} to {reader_role};
revoke insert, update, delete on {views}.sequent_versions from {application_role};
grant usage on all sequences in schema {views} to {application_role};
alter default privileges in schema {views} grant select, insert, update, delete on tables to {application_role};
alter default privileges in schema {views} grant usage on sequences to {application_role};
alter default privileges in schema {views} grant select on tables to {reader_role};
