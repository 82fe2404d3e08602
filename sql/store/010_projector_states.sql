-- Which projectors write, and which version of the views is kept beside the live one.

-- A state belongs to a projector of one view schema: `name` is "<view schema>.<projector>", so that projectors of several
-- domains may have one name, and those that Ruby's Sequent notes keep theirs.
alter table {store}.projector_states add column if not exists view_schema text;
alter table {store}.projector_states add column if not exists projector text;
alter table {store}.projector_states add column if not exists domain text;

-- What was built before is known by its fingerprints.
insert into {store}.projector_states (name, active_version, view_schema, projector)
select view_schema || '.' || projector, version, view_schema, projector from {store}.view_fingerprints
on conflict (name) do nothing;

-- The version that a switch replaced, while its tables are kept (as <table>_<version>) so that it can come back. The
-- horizon up to which they hold the events is in the schema's sequent_versions.
create table {store}.kept_views (
  view_schema text not null,
  version integer not null,
  live_version integer not null,
  tables text[] not null,
  projectors jsonb not null,
  keep_until timestamptz not null,
  refusal text,
  kept_at timestamptz not null default now(),
  primary key (view_schema, version)
);

grant select on {store}.kept_views to {application_role};
