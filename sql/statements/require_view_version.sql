-- Fails unless the views have the version that the program projects for. The table is locked before this is asked.
prepare {name} (integer) as
select case when (select coalesce(max(version), 0) from {views}.sequent_versions where status is null) = $1 then ''
            else {store}.raise('SR002', 'the views changed their version') end
