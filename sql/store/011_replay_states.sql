-- What replays of chosen projectors note beside the columns that Sequent has: whose views they are, what the live tables
-- were like when the replay was prepared (by table, a list of texts), and whether all indexes have been built.
alter table {store}.replay_states
  add column view_schema text,
  add column structures jsonb not null default '{}',
  add column optimized_at timestamptz;
