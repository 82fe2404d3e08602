-- The version of a view schema's tables; 0 before the first migration.
select coalesce(max(version), 0) from {views}.sequent_versions where status is null
