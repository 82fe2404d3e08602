-- What programs check when they start: where the store was written, which events belong to which aggregates, and what
-- the views were built from.

-- Names the cluster that this is. Null where the server does not tell (the right to ask can be taken away).
create function {store}.cluster_identity() returns text
language plpgsql stable as $$
begin
  return (select system_identifier::text from pg_catalog.pg_control_system());
exception when insufficient_privilege or undefined_function then
  return null;
end
$$;

-- The cluster that the store was written in; one row. A dump takes it along, which is how a restored store shows.
create table {store}.store_origin (
  singleton boolean primary key default true check (singleton),
  cluster text,
  recorded_at timestamptz not null default now()
);
insert into {store}.store_origin (cluster) values ({store}.cluster_identity());

-- Which event types the aggregates of a type may hold: what programs have declared when they started, and what was
-- stored before this table was there. Spares them a search through all events.
create table {store}.stream_event_types (
  aggregate_type_id smallint not null,
  event_type_id smallint not null,
  primary key (aggregate_type_id, event_type_id)
);
insert into {store}.stream_event_types (aggregate_type_id, event_type_id)
select distinct a.aggregate_type_id, e.event_type_id
  from {store}.events e
  join {store}.aggregates a on a.events_partition_key = e.partition_key and a.aggregate_id = e.aggregate_id;

-- What each projector was when its tables were built: {"events": ["..."], "tables": [{"name": "...", "columns": [{"name": "...", "type": "..."}]}]}.
create table {store}.view_fingerprints (
  view_schema text not null,
  projector text not null,
  version integer not null,
  fingerprint jsonb not null,
  built_at timestamptz not null default now(),
  primary key (view_schema, projector)
);

-- How fast the last rebuild of a schema's views was.
create table {store}.rebuild_rates (
  view_schema text primary key,
  events bigint not null,
  seconds double precision not null,
  measured_at timestamptz not null default now()
);

grant select on {store}.store_origin, {store}.stream_event_types, {store}.view_fingerprints, {store}.rebuild_rates
  to {application_role};
grant insert on {store}.stream_event_types to {application_role};
