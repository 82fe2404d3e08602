-- The next aggregates of a type, in the order of their ids.
select a.aggregate_id from {store}.aggregates a
 where a.aggregate_type_id = {type} and {after}
 order by a.aggregate_id
 limit {limit}
