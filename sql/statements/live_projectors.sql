-- What is live in a view schema, all of one instant: its version, the name of its marker (both by the statement
-- view_version), and of each projector that has a state, its active version (0: inactive); one row without a projector when
-- none has.
select v.version, v.marker, s.projector, coalesce(s.active_version, 0)
  from (
{version}
       ) v
  left join {store}.projector_states s on s.view_schema = {schema} and s.projector is not null
