-- How many aggregates of a type there are.
select count(*) from {store}.aggregates a where a.aggregate_type_id = {type}
