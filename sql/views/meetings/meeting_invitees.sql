create table meeting_invitees%SUFFIX% (
  aggregate_id uuid not null,
  user_id integer not null,
  accepted boolean not null
);
