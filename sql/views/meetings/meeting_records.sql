create table meeting_records%SUFFIX% (
  aggregate_id uuid not null,
  "time" timestamptz not null,
  organizer_id integer not null,
  status varchar not null check (status in ('scheduled', 'finished', 'cancelled')),
  attendee_count integer not null
);
