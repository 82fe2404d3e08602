-- The active projectors of a domain ({domain}: its name), whatever the schema of its views.
select s.projector, s.active_version
  from {store}.projector_states s
 where s.domain = {domain} and s.active_version is not null
